//! The object store, against the sandbox's S3: the dialect of the real one, signatures included.

use jiff::SignedDuration;
use platform::object_store::{self, ObjectStoreError, Shelf};
use serde_json::json;

use crate::support::World;

async fn read(address: &str) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
    let answer = reqwest::get(address).await.expect("an answer");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, answer.bytes().await.expect("a body").to_vec())
}

async fn loosen(world: &World, shelf: Shelf, key: &str) {
    let mut connection = world.pool.acquire().await.expect("a connection");
    object_store::loosen(&mut connection, shelf, key, world.state.env.clock.now()).await.expect("the database");
}

async fn keep(world: &World, shelf: Shelf, key: &str) -> bool {
    object_store::keep(&mut world.pool.acquire().await.expect("a connection"), shelf, key).await.expect("the database")
}

/// COURT-15, COURT-47: what is put comes back as it was, until it is removed.
#[tokio::test]
async fn files_go_in_and_out() {
    let world = World::new().await;
    let objects = &world.state.objects;
    for (shelf, key) in [(Shelf::Public, "courts/1/a.jpg"), (Shelf::Private, "verification/1/a b+ü.pdf")] {
        assert_eq!(objects.get(shelf, key).await.expect("the store"), None);
        objects.put(shelf, key, "image/jpeg", b"one".to_vec()).await.expect("the store");
        objects.put(shelf, key, "image/jpeg", b"two".to_vec()).await.expect("the store");
        assert_eq!(objects.get(shelf, key).await.expect("the store").as_deref(), Some(&b"two"[..]));
        objects.remove(shelf, key).await.expect("the store");
        objects.remove(shelf, key).await.expect("removing twice does no harm");
        assert_eq!(objects.get(shelf, key).await.expect("the store"), None);
    }
    let bad = objects.put(Shelf::Private, "../courtside-public/a", "text/plain", Vec::new()).await;
    assert!(matches!(bad, Err(ObjectStoreError::BadKey(_))));
}

/// COURT-47, SEC-43: a private file is read by its link only, and the link ends; public files need none.
#[tokio::test]
async fn private_files_are_read_by_links_that_end() {
    let world = World::new().await;
    let objects = &world.state.objects;
    objects.put(Shelf::Private, "verification/1/a.pdf", "application/pdf", b"paper".to_vec()).await.expect("the store");
    objects.put(Shelf::Public, "courts/1/a.jpg", "image/jpeg", b"picture".to_vec()).await.expect("the store");

    let link = objects.link("verification/1/a.pdf").expect("a link");
    let (status, headers, body) = read(&link).await;
    assert_eq!((status, body.as_slice()), (200, &b"paper"[..]));
    assert_eq!(headers["content-type"], "application/pdf");
    assert_eq!(headers["cache-control"], "private, no-store");
    let plain = link.split('?').next().expect("an address");
    assert_eq!(read(plain).await.0, 403);
    assert_eq!(read(&link.replace("a.pdf", "b.pdf")).await.0, 403, "a link fits one file");
    world.clock.advance(SignedDuration::from_secs(301));
    assert_eq!(read(&link).await.0, 403, "a link ends");

    let public = world.vendors.url("/sandbox/s3/courtside-public/courts/1/a.jpg");
    let (status, headers, body) = read(&public).await;
    assert_eq!((status, body.as_slice()), (200, &b"picture"[..]));
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
}

/// A file that nothing names is thrown away after an hour, one that is named stays, one that is let go leaves at once;
/// also when the store is away meanwhile.
#[tokio::test]
async fn loose_files_are_thrown_away() {
    let world = World::new().await;
    let objects = &world.state.objects;
    world.run_jobs().await;
    for key in ["forgotten", "named"] {
        loosen(&world, Shelf::Private, key).await;
        objects.put(Shelf::Private, key, "text/plain", b"x".to_vec()).await.expect("the store");
    }
    assert!(keep(&world, Shelf::Private, "named").await);
    let there = async |key| objects.get(Shelf::Private, key).await.expect("the store").is_some();

    world.clock.advance(SignedDuration::from_mins(50));
    world.run_jobs().await;
    assert!(there("forgotten").await, "an upload may still be under way");

    // The store is away for the first attempt; the job comes back.
    let rule = json!({ "vendor": "s3", "action": "fail", "operation": "DELETE", "times": 1 });
    let chaos = reqwest::Client::new().post(world.vendors.url("/sandbox/chaos"));
    let accepted = chaos.header("content-type", "application/json").body(rule.to_string()).send().await;
    assert!(accepted.expect("an answer").status().is_success());
    world.clock.advance(SignedDuration::from_mins(20));
    world.run_jobs().await;
    assert!(there("forgotten").await);
    assert!(!keep(&world, Shelf::Private, "forgotten").await, "it may be gone any moment, so nothing may name it");
    world.clock.advance(SignedDuration::from_mins(20));
    world.run_jobs().await;
    assert!(!there("forgotten").await);
    assert!(there("named").await);

    let now = world.state.env.clock.now();
    let mut connection = world.pool.acquire().await.expect("a connection");
    object_store::let_go(&mut connection, Shelf::Private, "named", now).await.expect("the database");
    world.clock.advance(SignedDuration::from_mins(10));
    world.run_jobs().await;
    assert!(!there("named").await);
    assert_eq!(world.count("SELECT count(*) FROM loose_objects").await, 0);
}
