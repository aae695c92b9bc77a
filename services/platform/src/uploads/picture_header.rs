//! How large a picture is, read from its header alone: nothing is decoded, so a picture that claims to be enormous costs
//! nothing. Written for what must be known before a decoder may touch the file, not as a decoder.

/// The formats that are taken (COURT-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    Jpeg,
    Png,
    Webp,
}

impl PictureKind {
    /// By the first bytes; what a file is called does not matter.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => None,
        }
    }

    /// Its media type.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub width: u32,
    pub height: u32,
    /// Bytes a decoder holds for each pixel at its worst moment.
    pub bytes_per_pixel: u64,
}

/// Most scans of a progressive JPEG. Encoders make about ten; a file of tiny ones would go over the picture for each.
const MOST_SCANS: u32 = 64;

/// Reads the header; nothing when the file is broken, cut off, moving, or of a kind that no camera makes.
#[must_use]
pub fn read(kind: PictureKind, bytes: &[u8]) -> Option<Header> {
    match kind {
        PictureKind::Jpeg => jpeg(bytes),
        PictureKind::Png => png(bytes),
        PictureKind::Webp => webp(bytes),
    }
}

fn big_u16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn big_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn little_u16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn little_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Walks the segments to the end of the picture, so that a file that was cut off is noticed.
fn jpeg(bytes: &[u8]) -> Option<Header> {
    const START_OF_IMAGE: u8 = 0xD8;
    const END_OF_IMAGE: u8 = 0xD9;
    const START_OF_SCAN: u8 = 0xDA;
    let mut at = 2;
    let mut frame = None;
    let mut scans = 0;
    loop {
        let marker = next_marker(bytes, &mut at)?;
        match marker {
            END_OF_IMAGE => return frame.filter(|_| scans > 0),
            START_OF_IMAGE => return None,
            0x01 | 0xD0..=0xD7 => continue,
            // Baseline, extended and progressive; one frame only.
            0xC0..=0xC2 => {
                let components = u64::from(*bytes.get(at + 7)?);
                let (height, width) = (big_u16(bytes, at + 3)?, big_u16(bytes, at + 5)?);
                let progressive = marker == 0xC2;
                // Progressive ones keep two bytes of each coefficient until the last scan.
                let bytes_per_pixel = if progressive { 2 * components + 3 } else { 4 };
                if frame.replace(Header { width, height, bytes_per_pixel }).is_some()
                    || !matches!(components, 1 | 3 | 4)
                {
                    return None;
                }
            }
            // Lossless, differential and arithmetic frames.
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return None,
            _ => {}
        }
        let length = big_u16(bytes, at)? as usize;
        if length < 2 {
            return None;
        }
        at += length;
        if marker == START_OF_SCAN {
            scans += 1;
            if scans > MOST_SCANS || frame.is_none() {
                return None;
            }
            skip_scan(bytes, &mut at)?;
        }
    }
}

fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    if *bytes.get(*at)? != 0xFF {
        return None;
    }
    while *bytes.get(*at)? == 0xFF {
        *at += 1;
    }
    *at += 1;
    bytes.get(*at - 1).copied()
}

/// To the marker after the data of a scan: an `FF` that is neither escaped nor a restart.
fn skip_scan(bytes: &[u8], at: &mut usize) -> Option<()> {
    loop {
        *at += bytes.get(*at..)?.iter().position(|byte| *byte == 0xFF)?;
        match *bytes.get(*at + 1)? {
            0x00 | 0xD0..=0xD7 => *at += 2,
            0xFF => *at += 1,
            _ => return Some(()),
        }
    }
}

fn png(bytes: &[u8]) -> Option<Header> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let (width, height, depth) = (big_u32(bytes, 16)?, big_u32(bytes, 20)?, u64::from(*bytes.get(24)?));
    // Palettes become three or four channels.
    let channels = match *bytes.get(25)? {
        0 => 1,
        2 => 3,
        4 => 2,
        3 | 6 => 4,
        _ => return None,
    };
    Some(Header { width, height, bytes_per_pixel: channels * depth.div_ceil(8) })
}

/// The frame inside may be larger than the canvas claims, so both are read and have to agree.
fn webp(bytes: &[u8]) -> Option<Header> {
    let mut at = 12;
    let mut canvas = None;
    let mut frame = None;
    while at + 8 <= bytes.len() {
        let (name, length) = (bytes.get(at..at + 4)?, little_u32(bytes, at + 4)? as usize);
        let content = bytes.get(at + 8..(at + 8).checked_add(length)?)?;
        let size = match name {
            b"VP8X" => {
                let side = |start: usize| Some((little_u32(content, start)? & 0x00FF_FFFF) + 1);
                let (width, height) = (side(4)?, little_u16(content, 7)? + (u32::from(*content.get(9)?) << 16) + 1);
                canvas = Some((width, height));
                at += 8 + length + length % 2;
                continue;
            }
            b"ANIM" | b"ANMF" => return None,
            b"VP8 " if content.get(3..6)? == [0x9D, 0x01, 0x2A] => {
                Some((little_u16(content, 6)? & 0x3FFF, little_u16(content, 8)? & 0x3FFF))
            }
            b"VP8L" if *content.first()? == 0x2F => {
                let packed = little_u32(content, 1)?;
                Some(((packed & 0x3FFF) + 1, ((packed >> 14) & 0x3FFF) + 1))
            }
            b"VP8 " | b"VP8L" => return None,
            _ => None,
        };
        if size.is_some() && std::mem::replace(&mut frame, size).is_some() {
            return None;
        }
        at += 8 + length + length % 2;
    }
    let (width, height) = frame?;
    if canvas.is_some_and(|canvas| canvas != (width, height)) {
        return None;
    }
    // Planes or packed pixels of the frame, beside the four bytes of the result.
    Some(Header { width, height, bytes_per_pixel: 8 })
}
