//! Pictures of courts: uploaded, arranged, removed.

use std::io::Cursor;

use contracts::identity::Role;
use image::{ImageFormat, Rgb, RgbImage};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::club::{Club, text};
use crate::support::{Answer, Part, World};

/// A picture whose left half is blue.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x % 200) as u8, (y % 200) as u8, if x < width / 2 { 220 } else { 10 }])
    });
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

const JPEG: Option<(&str, &str)> = Some(("court.jpg", "image/jpeg"));
const PNG: Option<(&str, &str)> = Some(("court.png", "image/png"));
const WEBP: Option<(&str, &str)> = Some(("court.webp", "image/webp"));

fn path(court: &Value) -> String {
    format!("/api/courts/{}/images", text(&court["id"]))
}

async fn upload(world: &World, club: &Club, court: &Value, parts: &[Part<'_>]) -> Answer {
    world.post(&path(court)).bearer(&club.token).form(parts).send().await
}

fn urls(answer: &Value) -> Vec<String> {
    answer["imageUrls"].as_array().expect("a list").iter().map(|url| text(url).to_owned()).collect()
}

async fn fetch(url: &str) -> (u16, Vec<u8>) {
    let answer = reqwest::get(url).await.expect("an answer");
    (answer.status().as_u16(), answer.bytes().await.expect("a body").to_vec())
}

/// COURT-14, COURT-15, COURT-21, SEC-40: pictures are written anew, stored, listed, and announced once.
#[tokio::test]
async fn pictures_are_written_anew_and_shown() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let script = b"<script>alert(1)</script>";
    let jpeg = [picture(80, 40, ImageFormat::Jpeg), script.to_vec()].concat();
    let (png, webp) = (picture(2400, 20, ImageFormat::Png), picture(30, 30, ImageFormat::WebP));
    let parts = [("images", JPEG, jpeg.as_slice()), ("images", PNG, &png), ("images", WEBP, &webp)];
    let answer = upload(&world, &club, &court, &parts).await.expect(200);
    let addresses = urls(&answer);
    assert_eq!((addresses.len(), &answer["version"]), (3, &json!(2)));

    let mut sizes = Vec::new();
    for address in &addresses {
        let (status, bytes) = fetch(address).await;
        assert_eq!(status, 200);
        assert!(!bytes.windows(script.len()).any(|window| window == script), "only pixels are kept");
        assert_eq!(image::guess_format(&bytes).ok(), Some(ImageFormat::Jpeg));
        let image = image::load_from_memory(&bytes).expect("a picture").into_rgb8();
        assert!(image.get_pixel(1, 1)[2] > 150, "the left half is blue");
        sizes.push(image.dimensions());
    }
    assert_eq!(sizes, [(80, 40), (1920, 16), (30, 30)], "at most 1920 pixels wide");

    let shown = world.get(&format!("/api/courts/{}", text(&court["id"]))).bearer(&club.token).send().await.expect(200);
    assert_eq!((urls(&shown), &shown["version"]), (addresses, &json!(2)));
    let events = world.events("COURT_UPDATED").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].1["payload"]["changedFields"], json!(["imageUrls"]));
    assert_eq!(events[0].1["payload"]["version"], 2);
    let audited = "SELECT count(*) FROM audit_log WHERE action = 'COURT_IMAGES_CHANGED'";
    assert_eq!(world.count(audited).await, 1);
    assert_eq!(world.count("SELECT count(*) FROM loose_objects").await, 0, "what is named is not loose");
}

/// COURT-14, SEC-41, SEC-40: what is no picture of the three kinds is refused by name, and nothing is stored.
#[tokio::test]
async fn other_files_are_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let good = picture(20, 20, ImageFormat::Png);
    let cut = &good[..good.len() / 2];
    let mut enormous = good.clone();
    enormous[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
    enormous[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
    let large = [good.as_slice(), &vec![0; 5 * 1024 * 1024]].concat();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;";
    for (claim, bytes, reason) in [
        (PNG, &b"hello"[..], "must be a JPEG"),
        (PNG, b"", "must be a JPEG"),
        (Some(("a.svg", "image/svg+xml")), svg, "must be a JPEG"),
        (Some(("a.gif", "image/gif")), gif, "must be a JPEG"),
        (Some(("a.html", "text/html")), &good, "must be a JPEG"),
        (JPEG, &good, "must be a JPEG"),
        (PNG, cut, "is damaged"),
        (PNG, &enormous, "has too many pixels"),
        (PNG, &large, "must be a JPEG, PNG or WebP picture of at most 5 MB"),
    ] {
        let parts = [("images", PNG, good.as_slice()), ("images", claim, bytes)];
        let body = upload(&world, &club, &court, &parts).await.refused(400, "VALIDATION_ERROR");
        assert_eq!(body["errors"][0]["field"], "images[1]", "{body}");
        assert!(text(&body["errors"][0]["message"]).starts_with(reason), "{reason}: {body}");
    }
    assert_eq!(upload(&world, &club, &court, &[]).await.wrong_fields(), ["images"]);
    assert_eq!(upload(&world, &club, &court, &[("photo", PNG, &good)]).await.wrong_fields(), ["images"]);
    let json = world.post(&path(&court)).bearer(&club.token).json(&json!({ "images": [] })).send().await;
    json.refused(415, "UNSUPPORTED_MEDIA_TYPE");

    let shown = world.get(&format!("/api/courts/{}", text(&court["id"]))).bearer(&club.token).send().await.expect(200);
    assert_eq!((urls(&shown).len(), &shown["version"]), (0, &json!(1)));
    assert!(world.events("COURT_UPDATED").await.is_empty());
}

/// COURT-14, SEC-42: the whole request is at most 10 MB.
#[tokio::test]
async fn a_request_over_ten_megabytes_is_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let file = vec![0_u8; 4 * 1024 * 1024];
    let parts = [("images", PNG, file.as_slice()); 3];
    upload(&world, &club, &court, &parts).await.refused(413, "PAYLOAD_TOO_LARGE");
}

/// COURT-14: ten for each court, also when two uploads meet: one of them is refused as a whole.
#[tokio::test]
async fn a_court_has_at_most_ten_pictures() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let file = picture(8, 8, ImageFormat::Png);
    let some = |number: usize| vec![("images", PNG, file.as_slice()); number];
    assert_eq!(upload(&world, &club, &court, &some(11)).await.wrong_fields(), ["images"]);
    upload(&world, &club, &court, &some(7)).await.expect(200);
    assert_eq!(upload(&world, &club, &court, &some(4)).await.wrong_fields(), ["images"]);

    let (two, other) = (some(2), some(2));
    let answers = tokio::join!(upload(&world, &club, &court, &two), upload(&world, &club, &court, &other));
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "both fit alone, not together");
    let stored = "SELECT cardinality(image_keys)::bigint FROM courts";
    assert_eq!(world.count(stored).await, 9);
    upload(&world, &club, &court, &some(1)).await.expect(200);
    assert_eq!(world.count(stored).await, 10);
}

/// COURT-24, AUTHZ-09: only the owner's own courts; unknown ones are unknown.
#[tokio::test]
async fn foreign_courts_are_refused() {
    let world = World::new().await;
    let (club, other) = (Club::new(&world).await, Club::new(&world).await);
    let court = club.court(&world, json!({})).await;
    let file = picture(8, 8, ImageFormat::Png);
    let parts = [("images", PNG, file.as_slice())];
    upload(&world, &other, &court, &parts).await.refused(403, "AUTHZ_NOT_OWNER");
    let unknown = json!({ "id": world.new_id() });
    upload(&world, &club, &unknown, &parts).await.refused(404, "COURT_NOT_FOUND");
    let order = json!({ "version": 1, "imageUrls": [] });
    world.put(&path(&court)).bearer(&other.token).json(&order).send().await.refused(403, "AUTHZ_NOT_OWNER");
    let one = format!("{}/{}?version=1", path(&court), world.new_id());
    world.delete(&one).bearer(&other.token).send().await.refused(403, "AUTHZ_NOT_OWNER");
    world.delete(&one).bearer(&club.token).send().await.refused(404, "IMAGE_NOT_FOUND");
    let (_, customer) = world.person(Role::Customer).await;
    let refused = world.post(&path(&court)).bearer(&customer).form(&parts).send().await;
    refused.refused(403, "AUTHZ_INSUFFICIENT_ROLE");
}

/// COURT-16, COURT-17: pictures are put in order and removed at the version that was read; what is removed leaves the
/// store as well.
#[tokio::test]
async fn pictures_are_arranged_and_removed() {
    let world = World::new().await;
    world.run_jobs().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let file = picture(8, 8, ImageFormat::Png);
    let answer = upload(&world, &club, &court, &[("images", PNG, file.as_slice()); 3]).await.expect(200);
    let [first, second, third] = <[String; 3]>::try_from(urls(&answer)).expect("three pictures");
    let arrange = async |version: i64, addresses: &[&String]| {
        let body = json!({ "version": version, "imageUrls": addresses });
        world.put(&path(&court)).bearer(&club.token).json(&body).send().await
    };

    let stale = arrange(1, &[&third]).await.refused(409, "CONCURRENT_MODIFICATION");
    assert_eq!(stale["details"]["currentVersion"], 2);
    let elsewhere = "https://elsewhere.example/a.jpg".to_owned();
    assert_eq!(arrange(2, &[&first, &elsewhere]).await.wrong_fields(), ["imageUrls[1]"]);
    assert_eq!(arrange(2, &[&first, &first]).await.wrong_fields(), ["imageUrls[1]"]);
    let same = arrange(2, &[&first, &second, &third]).await.expect(200);
    assert_eq!(same["version"], 2, "nothing changed");

    let arranged = arrange(2, &[&third, &first]).await.expect(200);
    assert_eq!((urls(&arranged), &arranged["version"]), (vec![third.clone(), first.clone()], &json!(3)));
    let id = third.rsplit('/').next().and_then(|name| name.strip_suffix(".jpg")).expect("a name");
    let one = |version: i64| format!("{}/{id}?version={version}", path(&court));
    world.delete(&one(2)).bearer(&club.token).send().await.refused(409, "CONCURRENT_MODIFICATION");
    let bare = format!("{}/{id}", path(&court));
    assert_eq!(world.delete(&bare).bearer(&club.token).send().await.wrong_fields(), ["version"]);
    let left = world.delete(&one(3)).bearer(&club.token).send().await.expect(200);
    assert_eq!((urls(&left), &left["version"]), (vec![first.clone()], &json!(4)));
    world.delete(&one(4)).bearer(&club.token).send().await.refused(404, "IMAGE_NOT_FOUND");
    assert_eq!(world.events("COURT_UPDATED").await.len(), 3);

    assert_eq!((fetch(&second).await.0, fetch(&third).await.0), (200, 200));
    world.clock.advance(SignedDuration::from_mins(10));
    world.run_jobs().await;
    assert_eq!((fetch(&first).await.0, fetch(&second).await.0, fetch(&third).await.0), (200, 404, 404));
}

/// The demo's pictures are shared: a court lets go of them without taking them from the others.
#[tokio::test]
async fn shared_pictures_stay_in_the_store() {
    let world = World::new().await;
    world.run_jobs().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    sqlx::query("UPDATE courts SET image_keys = '{demo/padel-indoor-1.jpg}'")
        .execute(&world.pool)
        .await
        .expect("a court");
    let one = format!("{}/padel-indoor-1?version=1", path(&court));
    assert!(urls(&world.delete(&one).bearer(&club.token).send().await.expect(200)).is_empty());
    assert_eq!(world.count("SELECT count(*) FROM loose_objects").await, 0);
}

/// A store that is away is 503 with a time to come back; the court keeps what it had and the rest is cleaned up.
#[tokio::test]
async fn a_store_that_is_away_changes_nothing() {
    let world = World::new().await;
    world.run_jobs().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let rule = json!({ "vendor": "s3", "action": "fail", "operation": "PUT", "times": 0 });
    let chaos = reqwest::Client::new().post(world.vendors.url("/sandbox/chaos"));
    let accepted = chaos.header("content-type", "application/json").body(rule.to_string()).send().await;
    assert!(accepted.expect("an answer").status().is_success());
    let file = picture(8, 8, ImageFormat::Png);
    let answer = upload(&world, &club, &court, &[("images", PNG, file.as_slice())]).await;
    assert!(answer.headers.contains_key("retry-after"));
    answer.refused(503, "SERVICE_UNAVAILABLE");
    assert_eq!(world.count("SELECT cardinality(image_keys)::bigint FROM courts").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM loose_objects").await, 1);
    world.clock.advance(SignedDuration::from_mins(70));
    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM loose_objects").await, 0);
}

/// COURT-22: the pictures of a court that is removed leave the store with it; those of others stay.
#[tokio::test]
async fn pictures_leave_with_their_court() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (gone, kept) = (club.court(&world, json!({})).await, club.court(&world, json!({})).await);
    let png = picture(20, 20, ImageFormat::Png);
    let parts = [("images", PNG, png.as_slice()), ("images", PNG, &png)];
    let of_gone = urls(&upload(&world, &club, &gone, &parts).await.expect(200));
    let of_kept = urls(&upload(&world, &club, &kept, &parts).await.expect(200));
    world.run_jobs().await;
    world.delete(&format!("/api/courts/{}", text(&gone["id"]))).bearer(&club.token).send().await.expect(204);
    assert_eq!(world.count("SELECT count(*) FROM loose_objects WHERE shelf = 'PUBLIC'").await, 2);
    world.clock.advance(SignedDuration::from_mins(10));
    world.run_jobs().await;
    for address in &of_gone {
        assert_eq!(fetch(address).await.0, 404);
    }
    for address in &of_kept {
        assert_eq!(fetch(address).await.0, 200);
    }
}
