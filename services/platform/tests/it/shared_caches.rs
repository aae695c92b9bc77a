//! What is kept for readers: forecasts, details of courts, open matches and days. One suite for a process that keeps them
//! for itself and for processes that share them in a Redis, then what only sharing can do, and a Redis that goes away.

use contracts::events::{CancellationPolicyUpdated, CancellationTier, MatchCloseReason, MatchClosed, Source};
use contracts::identity::Role;
use contracts::ids::{MatchId, UserId};
use jiff::SignedDuration;
use kit::redis::RedisConfig;
use serde_json::{Value, json};
use testkit::redis_server::RedisServer;
use testkit::{PATIENCE, eventually};

use crate::club::{Club, LATITUDE, LONGITUDE, MONDAY, publish, publish_from, text};
use crate::forecasters::{Forecasters, OPENWEATHERMAP, with_both};
use crate::map::open_matches;
use crate::support::{Beside, Call, World};

/// Today in every test.
const TODAY: &str = "2026-05-04";

/// Runs each test without a Redis and with one of its own.
macro_rules! on_every_back_end {
    ($($test:ident),* $(,)?) => {
        mod in_process {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(kit::redis::RedisConfig::default()).await;
                }
            )*
        }

        mod in_redis {
            $(
                #[tokio::test]
                async fn $test() {
                    let server = testkit::redis_server::RedisServer::start().await;
                    super::$test(server.config()).await;
                }
            )*
        }
    };
}

on_every_back_end!(
    details_are_kept_until_an_event_or_the_rows_say_otherwise,
    what_is_kept_of_a_court_knows_nobody,
    open_matches_are_kept_until_an_event,
    equal_questions_cost_one_forecast,
);

async fn world(redis: RedisConfig) -> World {
    World::with(|config| {
        with_both(config);
        config.redis = redis;
    })
    .await
}

/// One court of a club, and a customer who looks at it.
struct Scene {
    club: Club,
    court: Value,
    customer: UserId,
    token: String,
}

impl Scene {
    async fn of(world: &World) -> Self {
        let club = Club::new(world).await;
        let court = club.open_court(world, json!({})).await;
        let (customer, token) = world.person(Role::Customer).await;
        Self { club, court, customer, token }
    }

    fn details(&self) -> String {
        format!("/api/courts/{}", text(&self.court["id"]))
    }

    /// What of a price comes back to whoever cancels at the last minute.
    async fn refund(&self, call: Call) -> Value {
        let details = call.bearer(&self.token).send().await.expect(200);
        let tiers = details["cancellationPolicy"]["tiers"].as_array().expect("tiers");
        tiers.last().expect("a tier")["refundPercentage"].clone()
    }

    async fn set_refund(&self, world: &World, percent: u32) {
        let path = format!("{}/cancellation-policy", self.details());
        let policy = json!({ "tiers": [{ "thresholdHours": 0, "refundPercentage": percent }] });
        world.put(&path).bearer(&self.club.token).json(&policy).send().await.expect(200);
    }

    /// As another process would store it before anybody hears of it.
    async fn set_refund_silently(&self, world: &World, percent: i32) {
        let id = text(&self.court["id"]);
        sqlx::query("DELETE FROM cancellation_tiers WHERE court_id = $1::uuid")
            .bind(id)
            .execute(&world.pool)
            .await
            .expect("no tiers");
        sqlx::query("INSERT INTO cancellation_tiers VALUES ($1::uuid, 0, $2)")
            .bind(id)
            .bind(percent)
            .execute(&world.pool)
            .await
            .expect("a tier");
    }
}

fn weather_at(latitude: f64) -> String {
    format!("/api/weather?latitude={latitude}&longitude={LONGITUDE}&date={TODAY}&time=18:00")
}

/// FIND-47, FIND-50, FIND-51: kept, dropped by an event of another process, and never older than the rows of the court.
async fn details_are_kept_until_an_event_or_the_rows_say_otherwise(redis: RedisConfig) {
    let world = world(redis).await;
    world.run_tasks();
    let scene = Scene::of(&world).await;
    let refund = async || scene.refund(world.get(&scene.details())).await;
    scene.set_refund(&world, 40).await;
    // The task drops everything once when it begins to follow the events; what is kept after that stays.
    eventually("the policy is kept", PATIENCE, async || {
        scene.set_refund_silently(&world, 40).await;
        let shown = refund().await;
        scene.set_refund_silently(&world, 33).await;
        (shown == refund().await).then_some(())
    })
    .await;
    let event = CancellationPolicyUpdated {
        court_id: text(&scene.court["id"]).parse().expect("an id"),
        court_owner_id: UserId(scene.club.owner),
        tiers: vec![CancellationTier { threshold_hours: 0, refund_percent: 33 }],
    };
    publish_from(&world, Source::PlatformService, event).await;
    eventually("the event", PATIENCE, async || (refund().await == 33).then_some(())).await;

    sqlx::query("UPDATE courts SET name_en = 'Renamed'").execute(&world.pool).await.expect("courts");
    let shown = world.get(&scene.details()).bearer(&scene.token).send().await.expect(200);
    assert_eq!(shown["name"]["en"], "Renamed", "the rows have another version, and nobody said a word");
}

/// FIND-53: two people read one kept court, each with what is theirs.
async fn what_is_kept_of_a_court_knows_nobody(redis: RedisConfig) {
    let world = world(redis).await;
    let scene = Scene::of(&world).await;
    let (_, other) = world.person(Role::Customer).await;
    let favorite = format!("/api/users/me/favorites/{}", text(&scene.court["id"]));
    world.put(&favorite).bearer(&scene.token).send().await.expect(204);
    for _ in 0..2 {
        for (token, expected) in [(&scene.token, true), (&other, false), (&scene.club.token, false)] {
            let shown = world.get(&scene.details()).bearer(token).send().await.expect(200);
            assert_eq!(shown["isFavorite"], expected);
        }
    }
}

/// FIND-49, FIND-51: kept for half a minute at most, and dropped by what happens to a match.
async fn open_matches_are_kept_until_an_event(redis: RedisConfig) {
    let world = world(redis).await;
    world.run_tasks();
    let scene = Scene::of(&world).await;
    open_matches(&world, scene.customer.0, &[&scene.court], MONDAY).await;
    let admin = world.database.admin().await;
    let path = format!("/api/courts/map?latitude={LATITUDE}&longitude={LONGITUDE}&date={MONDAY}");
    let count = async || {
        let shown = world.get(&path).bearer(&scene.token).send().await.expect(200);
        shown["openMatches"].as_array().expect("a list").len()
    };
    let seats = async |players: i32| {
        let change = "UPDATE transaction.some_matches SET max_players = $1";
        sqlx::query(change).bind(players).execute(&admin).await.expect("a match");
    };
    let shown_seats = async || {
        let shown = world.get(&path).bearer(&scene.token).send().await.expect(200);
        shown["openMatches"][0]["maxPlayers"].clone()
    };
    eventually("the matches are kept", PATIENCE, async || {
        seats(4).await;
        let shown = shown_seats().await;
        seats(6).await;
        (shown == shown_seats().await).then_some(())
    })
    .await;
    sqlx::query("DELETE FROM transaction.some_matches").execute(&admin).await.expect("no match");
    let closed = MatchClosed {
        match_id: MatchId(world.new_id()),
        court_id: text(&scene.court["id"]).parse().expect("an id"),
        close_reason: MatchCloseReason::Full,
    };
    publish(&world, closed).await;
    eventually("the closed match", PATIENCE, async || (count().await == 0).then_some(())).await;
}

/// FIND-45, FIND-52: equal questions at once and one after the other cost one call, until the forecast is too old.
async fn equal_questions_cost_one_forecast(redis: RedisConfig) {
    let world = world(redis).await;
    let vendors = Forecasters::of(&world).await;
    let (_, token) = world.person(Role::Customer).await;
    let ask = async || world.get(&weather_at(LATITUDE)).bearer(&token).send().await.expect(200);
    let together = futures::future::join_all((0..20).map(|_| ask())).await;
    assert!(together.iter().all(|forecast| forecast == &together[0]), "all got the same answer");
    assert_eq!(ask().await, together[0]);
    assert_eq!(vendors.asked(OPENWEATHERMAP).await, 1);
    world.clock.advance(SignedDuration::from_mins(11));
    ask().await;
    assert_eq!(vendors.asked(OPENWEATHERMAP).await, 2);
}

/// FIND-45, FIND-47, FIND-49: what one process has read, another one does not read again, and what one of them changes is
/// old for all.
#[tokio::test]
async fn processes_share_what_they_read() {
    let server = RedisServer::start().await;
    let world = world(server.config()).await;
    let vendors = Forecasters::of(&world).await;
    let scene = Scene::of(&world).await;
    let other = world.beside().await;

    let forecast = world.get(&weather_at(LATITUDE)).bearer(&scene.token).send().await.expect(200);
    let shared = other.get(&weather_at(LATITUDE)).bearer(&scene.token).send().await.expect(200);
    assert_eq!((&shared, vendors.asked(OPENWEATHERMAP).await), (&forecast, 1));

    until_shared(&world, &scene).await;
    let whole = other.get(&scene.details()).bearer(&scene.token).send().await.expect(200);
    let same = world.beside().await.get(&scene.details()).bearer(&scene.token).send().await.expect(200);
    assert_eq!(same, whole, "every process shows what one of them has read, to the last decimal");
    scene.set_refund(&world, 55).await;
    eventually("a third process sees the change", PATIENCE, async || {
        let third = world.beside().await;
        (scene.refund(third.get(&scene.details())).await == 55).then_some(())
    })
    .await;

    open_matches(&world, scene.customer.0, &[&scene.court], MONDAY).await;
    let path = format!("/api/courts/map?latitude={LATITUDE}&longitude={LONGITUDE}&date={MONDAY}");
    let shown = async |call: Call| call.bearer(&scene.token).send().await.expect(200)["openMatches"].clone();
    let read = shown(world.get(&path)).await;
    sqlx::query("DELETE FROM transaction.some_matches").execute(&world.database.admin().await).await.expect("none");
    assert_eq!(shown(other.get(&path)).await, read);
    assert_eq!(read.as_array().map(Vec::len), Some(1));
}

/// Waits until Redis has what one process has read of the court: another one shows it although the rows say otherwise.
async fn until_shared(world: &World, scene: &Scene) {
    eventually("details are shared", PATIENCE, async || {
        scene.set_refund_silently(world, 40).await;
        let read = scene.refund(world.beside().await.get(&scene.details())).await;
        scene.set_refund_silently(world, 41).await;
        (scene.refund(world.beside().await.get(&scene.details())).await == read).then_some(())
    })
    .await;
}

/// How many calls `vendors` get when a place nobody has asked about is asked about in two processes.
async fn calls_for_two(world: &World, vendors: &Forecasters<'_>, other: &Beside, token: &str, place: f64) -> u64 {
    let before = vendors.asked(OPENWEATHERMAP).await;
    world.get(&weather_at(place)).bearer(token).send().await.expect(200);
    other.get(&weather_at(place)).bearer(token).send().await.expect(200);
    vendors.asked(OPENWEATHERMAP).await - before
}

/// FIND-55, LIVE-56: with Redis killed every read still succeeds, each process keeps for itself, and what changes is seen.
/// When it is back, sharing goes on without a restart.
#[tokio::test]
async fn reads_survive_a_killed_redis() {
    let mut server = RedisServer::start().await;
    let world = world(server.config()).await;
    let vendors = Forecasters::of(&world).await;
    let scene = Scene::of(&world).await;
    let other = world.beside().await;
    assert_eq!(calls_for_two(&world, &vendors, &other, &scene.token, 35.0).await, 1);

    server.kill();
    assert_eq!(calls_for_two(&world, &vendors, &other, &scene.token, 36.0).await, 2, "each asks for itself");
    scene.set_refund(&world, 55).await;
    for call in [world.get(&scene.details()), other.get(&scene.details())] {
        assert_eq!(scene.refund(call).await, 55);
    }
    let search = format!("/api/courts?latitude={LATITUDE}&longitude={LONGITUDE}");
    let found = world.get(&search).bearer(&scene.token).send().await.expect(200);
    assert_eq!(found["courts"].as_array().expect("courts").len(), 1);

    server.start_again().await;
    let place = std::cell::Cell::new(36.0);
    eventually("they share again", PATIENCE, async || {
        place.set(place.get() + 0.1);
        (calls_for_two(&world, &vendors, &other, &scene.token, place.get()).await == 1).then_some(())
    })
    .await;
    assert_eq!(scene.refund(world.beside().await.get(&scene.details())).await, 55);
}

/// FIND-51, FIND-55: a Redis that did not hear of a change, but remembers what was before it, is not believed.
#[tokio::test]
async fn what_redis_did_not_hear_of_is_not_shown_for_good() {
    let server = RedisServer::start().await;
    let world = world(server.config()).await;
    let scene = Scene::of(&world).await;
    until_shared(&world, &scene).await;
    server.pause();
    scene.set_refund(&world, 55).await;
    assert_eq!(scene.refund(world.get(&scene.details())).await, 55, "who has changed it sees it at once");
    server.resume();
    eventually("a process that never heard of it shows the change", PATIENCE, async || {
        let third = world.beside().await;
        (scene.refund(third.get(&scene.details())).await == 55).then_some(())
    })
    .await;
    assert_eq!(scene.refund(world.get(&scene.details())).await, 55);
}
