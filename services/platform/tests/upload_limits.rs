//! What the worst files cost that are not refused by their header: time and memory of this process, which runs nothing
//! else. `cargo test --release -p platform --test upload_limits -- --nocapture` prints the figures; without optimisation
//! only the memory is held against its limit.

use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use platform::uploads::{document, picture};

/// Most memory that one upload may take, and the longest it may last.
const MOST_MEMORY_KB: u64 = 300 * 1024;
const LONGEST: Duration = Duration::from_secs(5);

/// 26 million pixels, the most that are decoded.
const WIDTH: u16 = 6_500;
const HEIGHT: u16 = 4_000;

/// The largest this process has ever been, in kilobytes.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a Linux process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("kilobytes")
}

/// A grey PNG of so many channels, whose pixels are a few kilobytes.
fn png(width: u32, height: u32, colour: u8, bytes_per_pixel: usize) -> Vec<u8> {
    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let named = [name.as_slice(), content].concat();
        let length = u32::try_from(content.len()).expect("short").to_be_bytes();
        [&length[..], &named, &crc(&named).to_be_bytes()].concat()
    }
    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    let row = vec![0_u8; 1 + width as usize * bytes_per_pixel];
    for _ in 0..height {
        packed.write_all(&row).expect("memory");
    }
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, colour, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"IDAT", &packed.finish().expect("memory")),
        chunk(b"IEND", b""),
    ]
    .concat()
}

/// A progressive JPEG of three full components whose every scan goes over the whole picture and says nothing: one for the
/// averages, the others for bands of details.
fn progressive_jpeg(scans: u8) -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8];
    let mut segment = |marker: u8, content: &[u8]| {
        file.extend([0xFF, marker]);
        file.extend(u16::try_from(content.len() + 2).expect("short").to_be_bytes());
        file.extend(content);
    };
    segment(0xDB, &[&[0][..], &[1; 64]].concat());
    let [high, low] = HEIGHT.to_be_bytes();
    let [left, right] = WIDTH.to_be_bytes();
    segment(0xC2, &[8, high, low, left, right, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    // One code each: "no difference", and "nothing in the next 16,384 blocks".
    for (class, symbol) in [(0x00, 0x00), (0x10, 0xE0)] {
        segment(0xC4, &[&[class, 1][..], &[0; 15], &[symbol]].concat());
    }
    let blocks = usize::from(WIDTH).div_ceil(8) * usize::from(HEIGHT).div_ceil(8);
    segment(0xDA, &[3, 1, 0, 2, 0, 3, 0, 0, 0, 0]);
    file.extend(vec![0; (3 * blocks).div_ceil(8)]);
    for scan in 1..scans {
        let component = scan % 3 + 1;
        let band = scan / 3 % 63 + 1;
        file.extend([0xFF, 0xDA, 0, 8, 1, component, 0, band, band, 0]);
        file.extend(vec![0; (15 * blocks.div_ceil(16_384)).div_ceil(8)]);
    }
    file.extend([0xFF, 0xD9]);
    file
}

/// A lossless WebP of one colour, as large as pictures may be.
fn webp() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let image = image::RgbaImage::new(u32::from(WIDTH), u32::from(HEIGHT));
    image.write_to(&mut file, image::ImageFormat::WebP).expect("a picture");
    file.into_inner()
}

/// A PDF of 10 MB in which every byte has to be looked at, or a bomb of compressed objects of the most that is opened.
fn pdf(bomb: bool) -> Vec<u8> {
    let body = if bomb {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&vec![b'/'; 32 << 20]).expect("memory");
        let head = b"9 0 obj << /Type /ObjStm /N 1 /First 1 /Filter /FlateDecode >> stream\n";
        [head.as_slice(), &packed.finish().expect("memory"), b"\nendstream endobj\n"].concat()
    } else {
        b"/Name (obj obj obj e) << ".repeat((10 << 20) / 25 - 10)
    };
    [b"%PDF-1.7\n".as_slice(), &body, b"\n%%EOF\n"].concat()
}

/// COURT-14, COURT-15, COURT-47: no upload that is looked into takes more than 5 seconds or 300 MB.
#[test]
fn the_worst_uploads_stay_within_their_limits() {
    let pictures = [
        ("progressive JPEG, 26 MP, 3 scans", progressive_jpeg(3)),
        ("progressive JPEG, 26 MP, 64 scans", progressive_jpeg(64)),
        ("PNG, 26 MP, RGB", png(u32::from(WIDTH), u32::from(HEIGHT), 2, 3)),
        ("PNG, 26 MP, RGBA", png(u32::from(WIDTH), u32::from(HEIGHT), 6, 4)),
    ];
    let documents = [("PDF, 10 MB of names", pdf(false)), ("PDF, 32 MB of compressed objects", pdf(true))];
    let webp = webp();
    let pictures = pictures.into_iter().chain([("WebP, 26 MP, lossless", webp)]);
    let mut slowest = Duration::ZERO;
    let mut report = |what: &str, size: usize, began: Instant, outcome: &str| {
        let took = began.elapsed();
        println!(
            "{what}: {} kB, {} ms, peak of the process {} MB, {outcome}",
            size / 1024,
            took.as_millis(),
            peak_kb() / 1024
        );
        slowest = slowest.max(took);
    };
    for (what, file) in pictures {
        assert!(file.len() <= 5 << 20, "{what} is {} bytes", file.len());
        let began = Instant::now();
        let measured = picture::measure(&file).expect(what);
        let cleaned = picture::clean(&file, &measured, 1920);
        report(what, file.len(), began, if cleaned.is_ok() { "taken" } else { "refused" });
    }
    for (what, file) in documents {
        let began = Instant::now();
        let outcome = document::check(&file);
        report(what, file.len(), began, if outcome.is_ok() { "taken" } else { "refused" });
    }
    assert!(peak_kb() < MOST_MEMORY_KB, "{} kB", peak_kb());
    assert!(slowest < LONGEST || cfg!(debug_assertions), "{slowest:?}");
}
