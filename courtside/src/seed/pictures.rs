//! Draws the courts: a view from above with the lines of each sport, in a few colours and lights.
//!
//! Pictures are made, not fetched, so that the demo has no foreign material. They go to the S3 store like any
//! owner's upload.

use std::io::Cursor;

use anyhow::{Context as _, ensure};
use contracts::court::{CourtType, LocationType};
use image::{ImageFormat, Rgb, RgbImage};
use jiff::Timestamp;

use super::plan::Plan;

const WIDTH: u32 = 960;
const HEIGHT: u32 = 600;
/// Variants of each sport and place.
const VARIANTS: usize = 3;

type Colour = [u8; 3];

/// A drawn picture and the key under which it is stored.
pub struct Picture {
    pub key: String,
    pub jpeg: Vec<u8>,
}

const SPORTS: [CourtType; 4] = [CourtType::Padel, CourtType::Tennis, CourtType::Basketball, CourtType::Football5x5];
const PLACES: [LocationType; 2] = [LocationType::Indoor, LocationType::Outdoor];

/// Every picture that a plan uses.
///
/// # Errors
/// Never in practice; encoding into memory reports its errors all the same.
pub fn draw_all() -> anyhow::Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    for sport in SPORTS {
        for place in PLACES {
            for variant in 0..VARIANTS {
                let image = draw(sport, place, variant);
                let mut jpeg = Cursor::new(Vec::new());
                image.write_to(&mut jpeg, ImageFormat::Jpeg)?;
                pictures.push(Picture { key: key(sport, place, variant), jpeg: jpeg.into_inner() });
            }
        }
    }
    Ok(pictures)
}

/// The keys of each court's pictures, in the order of the plan's courts.
#[must_use]
pub fn assign(plan: &Plan) -> Vec<Vec<String>> {
    let keys = |number: usize, sport, place| {
        (0..VARIANTS).map(|shift| key(sport, place, (number + shift) % VARIANTS)).collect()
    };
    plan.courts.iter().enumerate().map(|(number, court)| keys(number, court.kind, court.location)).collect()
}

/// An S3 store and who may write to it.
pub struct Store {
    pub bucket: rusty_s3::Bucket,
    pub credentials: rusty_s3::Credentials,
}

impl Store {
    /// Uploads all pictures with presigned requests.
    ///
    /// # Errors
    /// When the store refuses one or cannot be reached.
    pub async fn upload(&self, http: &reqwest::Client, pictures: Vec<Picture>, now: Timestamp) -> anyhow::Result<()> {
        use rusty_s3::S3Action as _;
        for picture in pictures {
            let action = self.bucket.put_object(Some(&self.credentials), &picture.key);
            let address = action.sign_with_time(std::time::Duration::from_secs(600), &now);
            let answer = http
                .put(address)
                .header("content-type", "image/jpeg")
                .body(picture.jpeg)
                .send()
                .await
                .context("the S3 store cannot be reached")?;
            ensure!(answer.status().is_success(), "the S3 store refused {}: {}", picture.key, answer.status());
        }
        Ok(())
    }
}

fn key(sport: CourtType, place: LocationType, variant: usize) -> String {
    let sport = match sport {
        CourtType::Padel => "padel",
        CourtType::Tennis => "tennis",
        CourtType::Basketball => "basketball",
        CourtType::Football5x5 => "football",
    };
    let place = match place {
        LocationType::Indoor => "indoor",
        LocationType::Outdoor => "outdoor",
    };
    format!("demo/{sport}-{place}-{}.jpg", variant + 1)
}

fn draw(sport: CourtType, place: LocationType, variant: usize) -> RgbImage {
    let (ground, field) = colours(sport, variant);
    let surround = match place {
        LocationType::Outdoor => ground,
        LocationType::Indoor => mix(ground, [60, 62, 70], 0.55),
    };
    let mut canvas = Canvas { image: RgbImage::from_pixel(WIDTH, HEIGHT, Rgb(surround)) };
    canvas.texture(variant as u32 + 1);
    let (left, top, right, bottom) = (120, 90, WIDTH - 120, HEIGHT - 90);
    canvas.fill(left, top, right, bottom, field);
    let white = [244, 246, 242];
    canvas.frame(left, top, right, bottom, 5, white);
    let (middle_x, middle_y) = (u32::midpoint(left, right), u32::midpoint(top, bottom));
    match sport {
        CourtType::Padel => {
            canvas.fill(middle_x - 2, top - 12, middle_x + 2, bottom + 12, [30, 34, 40]);
            for x in [left + 110, right - 110] {
                canvas.fill(x - 2, top, x + 2, bottom, white);
            }
            canvas.fill(left + 110, middle_y - 2, right - 110, middle_y + 2, white);
            canvas.frame(left - 14, top - 14, right + 14, bottom + 14, 4, [176, 212, 226]);
        }
        CourtType::Tennis => {
            canvas.fill(middle_x - 2, top - 16, middle_x + 2, bottom + 16, [30, 34, 40]);
            for y in [top + 55, bottom - 55] {
                canvas.fill(left, y - 2, right, y + 2, white);
            }
            for x in [middle_x - 190, middle_x + 190] {
                canvas.fill(x - 2, top + 55, x + 2, bottom - 55, white);
            }
            canvas.fill(middle_x - 190, middle_y - 2, middle_x + 190, middle_y + 2, white);
        }
        CourtType::Basketball => {
            canvas.fill(middle_x - 2, top, middle_x + 2, bottom, white);
            canvas.ring(middle_x, middle_y, 62, 4, white);
            for (from, to, hoop) in [(left, left + 170, left + 60), (right - 170, right, right - 60)] {
                canvas.fill(from, middle_y - 70, to, middle_y + 70, mix(field, [20, 40, 90], 0.35));
                canvas.frame(from, middle_y - 70, to, middle_y + 70, 4, white);
                canvas.ring(hoop, middle_y, 12, 4, [232, 98, 40]);
            }
        }
        CourtType::Football5x5 => {
            for stripe in 0..8 {
                if stripe % 2 == 0 {
                    let width = (right - left) / 8;
                    let from = left + stripe * width;
                    canvas.fill(
                        from + 5,
                        top + 5,
                        (from + width).min(right - 5),
                        bottom - 5,
                        mix(field, [255, 255, 255], 0.06),
                    );
                }
            }
            canvas.fill(middle_x - 2, top, middle_x + 2, bottom, white);
            canvas.ring(middle_x, middle_y, 70, 4, white);
            for (from, to) in [(left, left + 100), (right - 100, right)] {
                canvas.frame(from, middle_y - 95, to, middle_y + 95, 4, white);
            }
        }
    }
    if place == LocationType::Indoor {
        canvas.lamps();
    } else {
        canvas.sunlight();
    }
    canvas.image
}

/// Ground around the field, and the field.
fn colours(sport: CourtType, variant: usize) -> (Colour, Colour) {
    let choice = variant % VARIANTS;
    match sport {
        CourtType::Padel => {
            [([38, 70, 110], [36, 104, 178]), ([44, 84, 62], [38, 128, 92]), ([96, 52, 44], [186, 84, 58])][choice]
        }
        CourtType::Tennis => {
            [([58, 96, 70], [178, 92, 58]), ([40, 82, 66], [52, 102, 160]), ([120, 74, 54], [196, 112, 70])][choice]
        }
        CourtType::Basketball => {
            [([96, 70, 48], [198, 146, 92]), ([44, 58, 88], [182, 124, 76]), ([70, 52, 44], [214, 164, 110])][choice]
        }
        CourtType::Football5x5 => {
            [([40, 76, 44], [56, 132, 62]), ([34, 66, 48], [46, 118, 70]), ([52, 84, 40], [82, 146, 58])][choice]
        }
    }
}

fn mix(one: Colour, other: Colour, share: f32) -> Colour {
    std::array::from_fn(|channel| {
        (f32::from(one[channel]) * (1.0 - share) + f32::from(other[channel]) * share).round().clamp(0.0, 255.0) as u8
    })
}

struct Canvas {
    image: RgbImage,
}

impl Canvas {
    fn fill(&mut self, left: u32, top: u32, right: u32, bottom: u32, colour: Colour) {
        for y in top..bottom.min(HEIGHT) {
            for x in left..right.min(WIDTH) {
                self.image.put_pixel(x, y, Rgb(colour));
            }
        }
    }

    fn frame(&mut self, left: u32, top: u32, right: u32, bottom: u32, width: u32, colour: Colour) {
        self.fill(left, top, right, top + width, colour);
        self.fill(left, bottom - width, right, bottom, colour);
        self.fill(left, top, left + width, bottom, colour);
        self.fill(right - width, top, right, bottom, colour);
    }

    fn ring(&mut self, centre_x: u32, centre_y: u32, radius: u32, width: u32, colour: Colour) {
        let (outer, inner) = (f64::from(radius), f64::from(radius - width));
        for y in centre_y.saturating_sub(radius)..=centre_y + radius {
            for x in centre_x.saturating_sub(radius)..=centre_x + radius {
                let distance = (f64::from(x) - f64::from(centre_x)).hypot(f64::from(y) - f64::from(centre_y));
                if (inner..=outer).contains(&distance) && x < WIDTH && y < HEIGHT {
                    self.image.put_pixel(x, y, Rgb(colour));
                }
            }
        }
    }

    /// A little unevenness, or large areas look like plastic.
    fn texture(&mut self, salt: u32) {
        self.shade(|x, y| {
            let noise = (x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263))
                .wrapping_mul(salt.wrapping_mul(1_274_126_177));
            (noise >> 24) as f32 / 255.0 * 0.06 - 0.03
        });
    }

    fn lamps(&mut self) {
        self.shade(|x, y| {
            let row = (y as f32 / HEIGHT as f32 - 0.5).abs();
            let lamp = ((x as f32 / WIDTH as f32 * 4.0).fract() - 0.5).abs();
            0.14 - 0.25 * row - 0.16 * lamp
        });
    }

    fn sunlight(&mut self) {
        self.shade(|x, y| 0.12 - 0.2 * (x as f32 / WIDTH as f32 + y as f32 / HEIGHT as f32) / 2.0);
    }

    /// Lightens or darkens each pixel by a share between -1 and 1.
    fn shade(&mut self, share_at: impl Fn(u32, u32) -> f32) {
        for (x, y, pixel) in self.image.enumerate_pixels_mut() {
            let share = share_at(x, y);
            let towards = if share >= 0.0 { [255, 250, 235] } else { [0, 0, 10] };
            pixel.0 = mix(pixel.0, towards, share.abs());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_court_of_a_plan_has_pictures_that_were_drawn() {
        let now: Timestamp = "2026-06-01T10:00:00Z".parse().expect("a timestamp");
        let plan = super::super::plan::plan(1, jiff::civil::Date::constant(2026, 6, 1), now);
        let drawn: std::collections::HashSet<String> =
            draw_all().expect("pictures").into_iter().map(|picture| picture.key).collect();
        assert_eq!(drawn.len(), 4 * 2 * VARIANTS);
        assert!(assign(&plan).iter().all(|keys| keys.len() == VARIANTS && keys.iter().all(|key| drawn.contains(key))));
    }
}
