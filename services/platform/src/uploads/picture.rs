//! Pictures from strangers: measured by their header, decoded, turned upright, made smaller and written anew as JPEG.
//! What comes out was drawn pixel by pixel, so nothing that was hidden in the file is left: no position, no comment, no
//! second file behind the first (COURT-15, SEC-40).

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

pub use super::picture_header::PictureKind;
use super::picture_header::{self, Header};

/// Longest side that is decoded, in pixels.
pub const LONGEST_SIDE: u32 = 12_000;
/// Most pixels that are decoded: more than the cameras of phones take by themselves.
pub const MOST_PIXELS: u64 = 26_000_000;
/// Most memory that decoding one picture may take.
pub const MOST_BYTES: u64 = 240 << 20;
const QUALITY: u8 = 85;

/// Why a picture is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureRefused {
    /// Not a JPEG, PNG or WebP at all.
    #[error("not a JPEG, PNG or WebP picture")]
    UnknownKind,
    /// Cut off, damaged, moving, or of a kind that no camera makes.
    #[error("the picture is damaged or of an unusual kind")]
    Broken,
    /// Too many pixels.
    #[error("the picture has too many pixels")]
    TooLarge,
}

/// A picture that is small enough to be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    pub kind: PictureKind,
    pub width: u32,
    pub height: u32,
    /// What decoding it takes at its worst moment.
    pub cost_bytes: u64,
}

/// Looks at the header only.
///
/// # Errors
/// [`PictureRefused`].
pub fn measure(bytes: &[u8]) -> Result<Measured, PictureRefused> {
    let kind = PictureKind::of(bytes).ok_or(PictureRefused::UnknownKind)?;
    let Header { width, height, bytes_per_pixel } = picture_header::read(kind, bytes).ok_or(PictureRefused::Broken)?;
    if width == 0 || height == 0 {
        return Err(PictureRefused::Broken);
    }
    let pixels = u64::from(width) * u64::from(height);
    let cost_bytes = pixels.saturating_mul(bytes_per_pixel);
    if width.max(height) > LONGEST_SIDE || pixels > MOST_PIXELS || cost_bytes > MOST_BYTES {
        return Err(PictureRefused::TooLarge);
    }
    Ok(Measured { kind, width, height, cost_bytes })
}

/// Decodes a measured picture and writes it anew. Takes as much memory as was measured, and a second or two for the
/// largest ones: call it beside the runtime.
///
/// # Errors
/// [`PictureRefused::Broken`] when it cannot be decoded.
pub fn clean(bytes: &[u8], measured: &Measured, longest_side: u32) -> Result<Vec<u8>, PictureRefused> {
    let (image, orientation) = decode(bytes, measured).map_err(|_| PictureRefused::Broken)?;
    // Smaller first: everything after that is cheap.
    let longest = image.width().max(image.height());
    let mut image = if longest > longest_side { image.thumbnail(longest_side, longest_side) } else { image };
    image.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    let written = JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&on_white(image));
    written.map_err(|_| PictureRefused::Broken)?;
    Ok(jpeg)
}

fn decode(bytes: &[u8], measured: &Measured) -> image::ImageResult<(DynamicImage, Orientation)> {
    let format = match measured.kind {
        PictureKind::Jpeg => ImageFormat::Jpeg,
        PictureKind::Png => ImageFormat::Png,
        PictureKind::Webp => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(measured.width);
    limits.max_image_height = Some(measured.height);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    // A wrong orientation tag spoils nothing.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder)?, orientation))
}

/// JPEG knows no transparency: what is see-through becomes white, not whatever colour lies hidden below.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let mix = |colour: u8| {
            let (colour, alpha) = (u16::from(colour), u16::from(alpha));
            u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([mix(red), mix(green), mix(blue)])
    })
}

#[cfg(test)]
mod tests {
    use image::RgbaImage;
    use proptest::prelude::*;

    use super::*;

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).expect("a picture");
        bytes.into_inner()
    }

    fn stripes(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| {
            Rgb([(x * 7) as u8, (y * 5) as u8, if x < width / 2 { 200 } else { 20 }])
        })
        .into()
    }

    fn cleaned(bytes: &[u8], longest_side: u32) -> RgbImage {
        let measured = measure(bytes).expect("a good picture");
        let jpeg = clean(bytes, &measured, longest_side).expect("a good picture");
        assert_eq!(PictureKind::of(&jpeg), Some(PictureKind::Jpeg));
        image::load_from_memory(&jpeg).expect("a JPEG").into_rgb8()
    }

    /// An EXIF block with an orientation, a camera and a position.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
        tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
        tiff.extend([0x10, 0x01, 2, 0, 12, 0, 0, 0, 80, 0, 0, 0]);
        // The position: GPSInfo at 100.
        tiff.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0]);
        tiff.resize(80, 0);
        tiff.extend(b"SecretCam 7\0");
        tiff.resize(100, 0);
        tiff.extend([1, 0, 1, 0, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0, 0, 0, 0, 0]);
        tiff
    }

    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let block = [b"Exif\0\0".to_vec(), exif(orientation)].concat();
        let length = u16::try_from(block.len() + 2).expect("short").to_be_bytes();
        [&jpeg[..2], &[0xFF, 0xE1], &length, &block, &jpeg[2..]].concat()
    }

    fn contains(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    /// COURT-14, COURT-15: the three formats come out as JPEG of the same picture.
    #[test]
    fn the_three_formats_are_taken() {
        let original = stripes(60, 40);
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let bytes = encoded(&original, format);
            let measured = measure(&bytes).expect("a good picture");
            assert_eq!((measured.width, measured.height), (60, 40), "{format:?}");
            let image = cleaned(&bytes, 100);
            assert_eq!(image.dimensions(), (60, 40));
            assert!(image.get_pixel(5, 20)[2] > 150 && image.get_pixel(55, 20)[2] < 80, "{format:?}");
        }
    }

    /// COURT-15, SEC-40: nothing of the metadata is left, the position least of all, and the picture stands upright.
    #[test]
    fn metadata_leaves_and_the_picture_stands_upright() {
        let jpeg = with_exif(&encoded(&stripes(60, 40), ImageFormat::Jpeg), 6);
        assert!(contains(&jpeg, b"SecretCam") && contains(&jpeg, b"Exif"));
        let written = clean(&jpeg, &measure(&jpeg).expect("good"), 100).expect("good");
        for part in [&b"SecretCam"[..], b"Exif", &[0x25, 0x88]] {
            assert!(!contains(&written[..200.min(written.len())], part), "{part:?}");
        }
        assert!(!contains(&written, b"SecretCam") && !contains(&written, b"Exif"));
        let image = cleaned(&jpeg, 100);
        assert_eq!(image.dimensions(), (40, 60), "turned by a quarter");
        assert!(image.get_pixel(20, 5)[2] > 150 && image.get_pixel(20, 55)[2] < 80, "the left half is on top");
    }

    /// COURT-15: large pictures come out smaller with their proportions, small ones stay.
    #[test]
    fn large_pictures_become_smaller() {
        let bytes = encoded(&stripes(400, 100), ImageFormat::Png);
        assert_eq!(cleaned(&bytes, 200).dimensions(), (200, 50));
        assert_eq!(cleaned(&bytes, 400).dimensions(), (400, 100));
    }

    #[test]
    fn transparent_pixels_become_white() {
        let image = RgbaImage::from_pixel(8, 8, image::Rgba([9, 9, 9, 0]));
        let image = cleaned(&encoded(&image.into(), ImageFormat::Png), 100);
        assert!(image.pixels().all(|pixel| pixel.0.iter().all(|channel| *channel > 250)));
    }

    /// SEC-40: a picture that is another file as well comes out as a picture only.
    #[test]
    fn second_files_behind_a_picture_leave() {
        let script = b"<script>alert(1)</script>PK\x03\x04payload";
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let bytes = [encoded(&stripes(20, 20), format), script.to_vec()].concat();
            let written = clean(&bytes, &measure(&bytes).expect("good"), 100).expect("good");
            assert!(!contains(&written, b"<script") && !contains(&written, b"PK\x03\x04"), "{format:?}");
        }
        let jpeg = encoded(&stripes(20, 20), ImageFormat::Jpeg);
        let comment = [&[0xFF, 0xFE, 0, 27][..], b"<script>alert(1)</script>"].concat();
        let bytes = [&jpeg[..2], &comment, &jpeg[2..]].concat();
        let written = clean(&bytes, &measure(&bytes).expect("good"), 100).expect("good");
        assert!(!contains(&written, b"<script"));
    }

    /// COURT-14: other files, whatever they begin like.
    #[test]
    fn other_files_are_refused() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for bytes in [&b""[..], b"GIF89a\x01\0\x01\0", b"%PDF-1.7", b"BM\0\0", svg, b"\xFF\xD8", b"RIFF\0\0\0\0WAVE"] {
            assert_eq!(measure(bytes), Err(PictureRefused::UnknownKind), "{bytes:?}");
        }
        for bytes in
            [&b"\xFF\xD8\xFF\xE0nonsense"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ", b"\xFF\xD8\xFF\xD9"]
        {
            assert_eq!(measure(bytes), Err(PictureRefused::Broken), "{bytes:?}");
        }
    }

    /// A picture that was cut off is refused, wherever that happened.
    #[test]
    fn pictures_that_were_cut_off_are_refused() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let bytes = encoded(&stripes(64, 64), format);
            // The last chunk of a PNG says only that it ends, the last byte of a WebP may be there for an even length.
            let tail = if format == ImageFormat::Png { 13 } else { 2 };
            for length in [12, bytes.len() / 4, bytes.len() / 2, bytes.len() - tail] {
                let cut = &bytes[..length];
                let taken = measure(cut).and_then(|measured| clean(cut, &measured, 100));
                assert_eq!(taken.err(), Some(PictureRefused::Broken), "{format:?} cut to {length}");
            }
        }
    }

    /// COURT-14: pictures of 20,000 pixels, and bombs that claim more, are refused by their header.
    #[test]
    fn enormous_pictures_are_refused_by_their_header() {
        let mut png = encoded(&stripes(20, 20), ImageFormat::Png);
        for (width, height) in [(20_000_u32, 20_000_u32), (20_000, 10), (1, 20_000), (60_000, 60_000), (8_000, 8_000)] {
            png[16..20].copy_from_slice(&width.to_be_bytes());
            png[20..24].copy_from_slice(&height.to_be_bytes());
            assert_eq!(measure(&png), Err(PictureRefused::TooLarge), "{width}x{height}");
        }
        let mut jpeg = encoded(&stripes(20, 20), ImageFormat::Jpeg);
        let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame");
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0x4E, 0x20, 0x4E, 0x20]);
        assert_eq!(measure(&jpeg), Err(PictureRefused::TooLarge));
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0, 0, 0, 20]);
        assert_eq!(measure(&jpeg), Err(PictureRefused::Broken), "a height that comes later");
    }

    /// A small canvas around a large frame, or two frames, is a trick.
    #[test]
    fn a_webp_has_one_frame_of_the_size_it_claims() {
        let plain = encoded(&stripes(20, 20), ImageFormat::WebP);
        let chunk = &plain[12..];
        let canvas =
            |width: u8, height: u8| [&b"VP8X\x0A\0\0\0\0\0\0\0"[..], &[width - 1, 0, 0, height - 1, 0, 0]].concat();
        let file = |parts: &[&[u8]]| {
            let body = [b"WEBP".to_vec(), parts.concat()].concat();
            [&b"RIFF"[..], &u32::try_from(body.len()).expect("short").to_le_bytes(), &body].concat()
        };
        assert!(measure(&file(&[&canvas(20, 20), chunk])).is_ok());
        assert_eq!(measure(&file(&[&canvas(1, 1), chunk])), Err(PictureRefused::Broken));
        assert_eq!(measure(&file(&[chunk, chunk])), Err(PictureRefused::Broken));
        assert_eq!(measure(&file(&[&canvas(20, 20)])), Err(PictureRefused::Broken));
        let moving = file(&[canvas(20, 20).as_slice(), b"ANIM\x06\0\0\0\0\0\0\0\0\0", chunk]);
        assert_eq!(measure(&moving), Err(PictureRefused::Broken));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// QA-55: no file makes the header reader fail; what it lets through respects the limits.
        #[test]
        fn headers_of_any_file_are_read(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0..4_u8) {
            let start: &[u8] = match kind {
                0 => &[0xFF, 0xD8, 0xFF],
                1 => b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
                2 => b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0",
                _ => b"",
            };
            bytes.splice(0..0, start.iter().copied());
            if let Ok(measured) = measure(&bytes) {
                prop_assert!(u64::from(measured.width) * u64::from(measured.height) <= MOST_PIXELS);
                prop_assert!(measured.cost_bytes <= MOST_BYTES);
            }
        }

        /// QA-55: a damaged picture is taken or refused, nothing else.
        #[test]
        fn damaged_pictures_are_taken_or_refused(
            format in prop_oneof![Just(ImageFormat::Jpeg), Just(ImageFormat::Png), Just(ImageFormat::WebP)],
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let mut bytes = encoded(&stripes(24, 16), format);
            for (place, value) in damage {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
            if let Ok(measured) = measure(&bytes) {
                prop_assume!(u64::from(measured.width) * u64::from(measured.height) < 1_000_000);
                drop(clean(&bytes, &measured, 100));
            }
        }
    }
}
