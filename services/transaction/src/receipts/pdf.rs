//! A receipt as a PDF: one page, one font that has Greek letters, embedded as far as it is used.

use std::sync::LazyLock;

use contracts::identity::Language;
use krilla::Document;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::text::{Font, TextDirection};

use super::domain::Receipt;
use super::texts;

/// DejaVu Sans, see `fonts/LICENSE.txt`.
static FONT: LazyLock<Option<Font>> =
    LazyLock::new(|| Font::new(include_bytes!("../../fonts/DejaVuSans.ttf").as_slice().into(), 0));

/// A4 in points.
const PAGE: (f32, f32) = (595.0, 842.0);
const LEFT: f32 = 56.0;
const VALUES: f32 = 240.0;
const LINE: f32 = 22.0;
/// Characters of a value that fit into one line; longer ones go on below.
const WIDTH: usize = 48;

/// Draws a receipt in the reader's language.
///
/// # Errors
/// When the document cannot be written.
pub fn render(receipt: &Receipt, language: Language) -> anyhow::Result<Vec<u8>> {
    let font = FONT.clone().ok_or_else(|| anyhow::anyhow!("the font of receipts cannot be read"))?;
    let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| anyhow::anyhow!("a page without an area"))?;
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(format!("{} {}", texts::title(language), receipt.number)));
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    let mut write = |x: f32, y: f32, size: f32, text: &str| {
        surface.draw_text(Point::from_xy(x, y), font.clone(), size, text, false, TextDirection::LeftToRight);
    };
    write(LEFT, 80.0, 12.0, "Courtside");
    write(LEFT, 112.0, 22.0, texts::title(language));
    let mut y = 156.0;
    for (name, value) in texts::lines(receipt, language) {
        write(LEFT, y, 10.0, name);
        for part in wrapped(&value) {
            write(VALUES, y, 10.0, &part);
            y += LINE;
        }
    }
    surface.finish();
    page.finish();
    document.finish().map_err(|error| anyhow::anyhow!("the receipt cannot be written: {error:?}"))
}

/// A value in lines that fit, broken between words where there are any.
fn wrapped(value: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in value.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(WIDTH) {
            let full = lines.last().map_or(0, |line| line.chars().count());
            if full > 0 && full + 1 + piece.len() > WIDTH {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.extend(piece);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_broken_between_words() {
        let address = "Πλατεία Συντάγματος 1, δίπλα στο περίπτερο, δεύτερος όροφος, Αθήνα 105 57";
        let lines = wrapped(address);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:?}");
        assert_eq!(lines.join(" "), address);
        assert_eq!(wrapped(&"x".repeat(100)).len(), 3);
        assert_eq!(wrapped(""), [""]);
    }
}
