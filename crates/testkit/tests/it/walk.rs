//! Two owners and two customers walk through every list and every detail of both services, with their own ids and with
//! each other's, and never see what is not theirs.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use testkit::rights::{Route, routes_of};
use testkit::world::{Client, Court, TestWorld, WorldOptions};
use testkit::{PATIENCE, eventually};
use uuid::Uuid;

/// A day all four have something on.
const DATE: &str = "2026-05-06";

/// Routes that none of the four may use, that are no list, or that ask for the signature of a mailed link: they are asked
/// all the same, and show nothing.
const NOT_FOR_THEM: &[&str] = &["/api/admin/", "/api/notifications/unsubscribe", "/internal/", "/ws"];

/// What a route needs besides its path.
fn query(path: &str) -> String {
    match path {
        "/api/courts" => format!("?latitude=37.98&longitude=23.72&radiusKm=50&date={DATE}&size=100"),
        "/api/courts/map" => format!("?latitude=37.98&longitude=23.72&date={DATE}&radiusKm=50"),
        "/api/courts/{courtId}/availability" | "/api/public/courts/{courtId}/availability" => format!("?date={DATE}"),
        "/api/public/courts" => "?latitude=37.98&longitude=23.72".to_owned(),
        "/api/weather" => format!("?latitude=37.98&longitude=23.72&date={DATE}"),
        "/api/holidays/calendar" => "?fromDate=2026-05-01&toDate=2026-12-31".to_owned(),
        "/api/search" => "?q=77".to_owned(),
        _ => String::new(),
    }
}

/// Somebody with a business or a hobby of their own.
struct Person {
    name: &'static str,
    client: Client,
}

impl Person {
    async fn get(&self, path: &str) -> Value {
        self.client.get(path).await.expect(200)
    }
}

/// A text that only some people may ever read.
struct Secret {
    what: String,
    text: String,
    readers: Vec<&'static str>,
}

/// An owner and the customer of that owner's court.
struct Side {
    owner: Person,
    customer: Person,
}

/// Everything the walk knows.
#[derive(Default)]
struct Knowledge {
    secrets: Vec<Secret>,
    /// Values for the parameters of paths. A secret address is asked with the rights of the one it was given to.
    values: BTreeMap<&'static str, BTreeSet<(String, Option<&'static str>)>>,
}

impl Knowledge {
    fn secret(&mut self, what: &str, text: impl ToString, readers: &[&'static str]) {
        let what = format!("{what} of {}", readers[0]);
        self.secrets.push(Secret { what, text: text.to_string(), readers: readers.to_vec() });
    }

    fn value(&mut self, parameter: &'static str, value: impl ToString) {
        self.values.entry(parameter).or_default().insert((value.to_string(), None));
    }

    /// All paths of a route, and whose rights the path itself gives.
    fn paths(&self, route: &Route) -> Vec<(String, Option<&'static str>)> {
        let mut paths = vec![(String::new(), None)];
        for segment in route.path.split('/').skip(1) {
            let parameter = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            let choices = match parameter {
                None => BTreeSet::from([(segment.to_owned(), None)]),
                Some(name) => self
                    .values
                    .get(name)
                    .unwrap_or_else(|| panic!("{route}: give the four people of this walk a {name} of their own"))
                    .clone(),
            };
            paths = paths
                .into_iter()
                .flat_map(|(path, giver)| {
                    choices.iter().map(move |(value, given)| (format!("{path}/{value}"), given.or(giver)))
                })
                .collect();
        }
        paths.into_iter().map(|(path, giver)| (format!("{path}{}", query(&route.path)), giver)).collect()
    }
}

/// All values that stand under one of `keys`, however deep.
fn values_under<'a>(body: &'a Value, keys: &[&str], found: &mut Vec<&'a str>) {
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|_| keys.contains(&name.as_str())) {
                    Some(text) => found.push(text),
                    None => values_under(value, keys, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| values_under(item, keys, found)),
        _ => {}
    }
}

/// The form in which a browser gives Stripe a card, and keeping it.
async fn save_card(world: &TestWorld, customer: &Client) {
    let begun = customer.post("/api/payments/setup-intent", &json!({})).await.expect(200);
    let (intent, _) = begun["clientSecret"].as_str().and_then(|secret| secret.split_once("_secret")).expect("a secret");
    let confirmed = reqwest::Client::new()
        .post(format!("{}/sandbox/stripe/v1/setup_intents/{intent}/confirm", world.base_url()))
        .bearer_auth("sk_test_courtside_sandbox")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("payment_method=pm_card_visa")
        .send()
        .await
        .expect("the sandbox");
    assert!(confirmed.status().is_success(), "{:?}", confirmed.text().await);
    let _done = customer.post("/api/payments/methods", &json!({ "setupIntentId": intent })).await.expect(201);
}

async fn payment_of(world: &TestWorld, booking: &Value) -> (Uuid, String) {
    sqlx::query_as("select id, stripe_payment_intent_id from transaction.payments where booking_id = $1::uuid")
        .bind(id_of(booking))
        .fetch_one(world.admin())
        .await
        .expect("a payment")
}

fn id_of(booking: &Value) -> String {
    booking["bookingId"].as_str().or(booking["id"].as_str()).expect("an id").to_owned()
}

/// What an owner has that nobody else may see.
async fn settle_in(world: &TestWorld, owner: &Person, number: u32, other: &Client, known: &mut Knowledge) -> Court {
    let (me, client) = (owner.name, &owner.client);
    let label = |what: &str| format!("{what} {me} 77");
    known.secret("mail", format!("{me}@example.test"), &[me]);
    for (what, path, body) in [
        ("phone", "/api/users/me", json!({ "phone": format!("+3069000000{number:02}") })),
        (
            "profile",
            "/api/users/me/profile",
            json!({
                "businessName": label("Business"), "businessAddress": label("Back office"), "taxId": format!("09000004{number}"),
                // A person's, and so not told to visitors as a company's would be (FIND-60).
                "businessType": "SOLE_PROPRIETOR", "contactPhone": format!("+3021000000{number:02}"),
            }),
        ),
    ] {
        let stored = client.put(path, &body).await;
        assert_eq!(stored.status, 200, "{what}: {:#}", stored.body);
        for value in body.as_object().expect("members").values().filter_map(Value::as_str) {
            if value != "SOLE_PROPRIETOR" {
                known.secret(what, value, &[me]);
            }
        }
    }
    let court = world.court(client, json!({ "name": { "el": label("Γήπεδο"), "en": label("Court") } })).await;
    let hidden = json!({ "name": { "el": label("Μυστικό"), "en": label("Secret court") }, "enabled": false });
    let hidden = world.court(client, hidden).await;
    known.secret("hidden court", hidden.id, &[me]);
    known.secret("hidden court", label("Secret court"), &[me]);
    for id in [court.id, hidden.id] {
        known.value("courtId", id);
        known.value("clubId", client.user_id());
    }

    let holiday = json!({ "nameEl": label("Αργία"), "nameEn": label("Feast"), "date": "2026-06-10" });
    let _done = client.post("/api/holidays/custom", &holiday).await.expect(201);
    known.secret("holiday", label("Feast"), &[me]);
    known.secret("holiday", label("Αργία"), &[me]);
    let block = json!({ "date": "2026-06-11", "reason": label("Works for") });
    let _done = client.post(&format!("/api/courts/{}/availability/overrides", court.id), &block).await.expect(201);
    known.secret("block", label("Works for"), &[me]);

    let guest = json!({
        "courtId": court.id, "date": DATE, "startTime": "18:30", "customerName": label("Guest of"),
        "customerPhone": format!("+3069100000{number:02}"), "customerEmail": format!("guest-of-{me}@example.test"),
        "notes": label("Note of"),
    });
    let manual = with_key(world, client).post("/api/bookings/manual", &guest).await.expect(201);
    known.value("bookingId", id_of(&manual));
    known.secret("manual booking", id_of(&manual), &[me]);
    for member in ["customerName", "customerPhone", "customerEmail", "notes"] {
        known.secret("guest", guest[member].as_str().expect("a text"), &[me]);
    }

    sqlx::query(
        "insert into platform.verification_requests
             (id, owner_id, business_name, tax_id, business_type, business_address, document_key, submitted_at)
         values ($1, $2, $3, '090000045', 'COMPANY', 'Somewhere', $3, now())",
    )
    .bind(world.env().ids.new_id())
    .bind(client.user_id())
    .bind(label("Applicant"))
    .execute(world.admin())
    .await
    .expect("a request");
    known.secret("verification", label("Applicant"), &[me]);
    let spare = world.court(client, json!({ "name": { "el": label("Δώρο"), "en": label("Gift") } })).await;
    let wish = json!({ "targetOwnerEmail": other.session()["user"]["email"] });
    let _done = client.post(&format!("/api/courts/{}/transfer", spare.id), &wish).await.expect(200);

    let feed = client.post("/api/bookings/calendar/subscription", &json!({})).await.expect(201);
    let address = feed["path"].as_str().expect("an address");
    let token = address.rsplit('/').next().expect("a token");
    known.values.entry("token").or_default().insert((token.to_owned(), Some(me)));
    known.secret("calendar address", token, &[me]);
    court
}

/// What a customer has that only the owner of the court may see as well.
async fn play(world: &TestWorld, side: &Side, court: &Court, number: u32, known: &mut Knowledge) {
    let (me, owner, client) = (side.customer.name, side.owner.name, &side.customer.client);
    let phone = format!("+3069200000{number:02}");
    let _done = client.put("/api/users/me", &json!({ "phone": phone })).await.expect(200);
    let both = [me, owner];
    known.secret("name", me, &both);
    known.secret("id", client.user_id(), &both);
    known.secret("mail", format!("{me}@example.test"), &both);
    known.secret("phone", phone, &both);

    save_card(world, client).await;
    let cards = side.customer.get("/api/payments/methods").await;
    let mut card = Vec::new();
    values_under(&cards, &["id"], &mut card);
    known.secret("card", card.first().expect("a card"), &[me]);

    let booked = world.book(client, court, (DATE, "11:00"), "pm_card_visa").await.expect(201);
    let cancelled = world.book(client, court, (DATE, "12:30"), "pm_card_visa").await.expect(201);
    let gone = with_key(world, client).post(&format!("/api/bookings/{}/cancel", id_of(&cancelled)), &json!({})).await;
    assert_eq!(gone.status, 200, "{:#}", gone.body);
    for booking in [&booked, &cancelled] {
        let (payment, intent) = payment_of(world, booking).await;
        known.value("bookingId", id_of(booking));
        known.value("paymentId", payment);
        known.secret("booking", id_of(booking), &both);
        known.secret("payment", payment, &both);
        known.secret("payment intent", intent, &both);
    }
    let (payment, intent) = payment_of(world, &booked).await;
    let _done =
        world.sandbox().post(&format!("/stripe/payment_intents/{intent}/dispute"), &json!({})).await.expect(200);
    eventually("the dispute is known", PATIENCE, || async {
        let answer = client.get(&format!("/api/payments/{payment}/dispute")).await;
        (answer.status == 200).then_some(())
    })
    .await;

    let weekly = json!({
        "courtId": court.id, "startDate": "2026-05-07", "startTime": "09:30", "weeks": 4, "numberOfPeople": 2,
        "paymentMethodId": "pm_card_visa",
    });
    let series = with_key(world, client).post("/api/bookings/recurring", &weekly).await.expect(201);
    let group = series["recurringGroupId"].as_str().expect("a series").to_owned();
    known.secret("series", &group, &both);
    known.value("recurringGroupId", group);
    let _done = client.put(&format!("/api/users/me/favorites/{}", court.id), &json!({})).await.expect(204);
}

fn with_key(world: &TestWorld, client: &Client) -> Client {
    let key = uuid::Builder::from_random_bytes(world.env().ids.new_id().into_bytes()).into_uuid();
    client.clone().with_header("x-idempotency-key", &key.to_string())
}

/// Ids of what stands in the lists of one person alone.
async fn remember_own_lists(person: &Person, is_owner: bool, known: &mut Knowledge) {
    let _done = person.client.post("/api/users/me/data-export", &json!({})).await.expect(202);
    let mut lists = vec!["/api/users/me/sessions", "/api/users/me/data-exports"];
    if is_owner {
        lists.extend(["/api/audit-log", "/api/holidays/custom", "/api/courts/transfers", "/api/verification"]);
    }
    for list in lists {
        let body = person.get(list).await;
        let mut ids = Vec::new();
        values_under(&body, &["id", "sessionId", "exportId", "requestId", "transferId"], &mut ids);
        assert!(!ids.is_empty(), "nothing in {list} of {}: {body:#}", person.name);
        for id in ids {
            known.secret(list, id, &[person.name]);
        }
    }
}

/// COURT-33, AUTHZ-09, SEC-43, OWN-49: one account's data never shows in another's answers, on any list or detail route of
/// either service, asked with one's own ids and with those of the others. A new route is walked by itself; one with a new
/// parameter, or one that answers nobody, fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_what_belongs_to_another_account() {
    let options = WorldOptions::default().platform(|config| config.protection.calls_per_account_per_minute = u32::MAX);
    let world = TestWorld::start_with(options).await;
    let third = world.owner("tritos77").await;
    let mut known = Knowledge::default();
    let mut sides = Vec::new();
    for (number, owner, customer) in [(1, "alkis77", "chara77"), (2, "vaso77", "dimos77")] {
        let side = Side {
            owner: Person { name: owner, client: world.owner(owner).await },
            customer: Person { name: customer, client: world.customer(customer).await },
        };
        let court = settle_in(&world, &side.owner, number, &third, &mut known).await;
        play(&world, &side, &court, number, &mut known).await;
        remember_own_lists(&side.owner, true, &mut known).await;
        remember_own_lists(&side.customer, false, &mut known).await;
        sides.push(side);
    }
    for (parameter, value) in
        [("requestId", third.user_id()), ("userId", third.user_id()), ("deadLetterId", third.user_id())]
    {
        known.value(parameter, value);
    }
    let people: Vec<&Person> = sides.iter().flat_map(|side| [&side.owner, &side.customer]).collect();

    let documents = [serde_json::to_value(platform::openapi()), serde_json::to_value(transaction::openapi())];
    let routes: BTreeSet<_> = documents.into_iter().flat_map(|document| routes_of(&document.expect("JSON"))).collect();
    let (mut silent, mut leaks) = (Vec::new(), BTreeSet::new());
    for route in routes.iter().filter(|route| route.method == "GET") {
        let mut answered = false;
        for (path, giver) in known.paths(route) {
            for person in &people {
                let answer = person.client.get(&path).await;
                assert!(answer.status.as_u16() < 500, "{path} as {}: {:#}", person.name, answer.body);
                answered |= answer.status.is_success();
                let text = format!("{:?}\n{}", answer.headers, answer.body);
                for secret in &known.secrets {
                    let may = secret.readers.contains(&person.name)
                        || giver.is_some_and(|giver| secret.readers.contains(&giver));
                    // Whoever is refused may read their own question again.
                    let is_question = !answer.status.is_success() && path.contains(&secret.text);
                    if !may && !is_question && text.contains(&secret.text) {
                        leaks.insert(format!("{route} shows {} the {} ({})", person.name, secret.what, secret.text));
                    }
                }
            }
        }
        if !answered && !NOT_FOR_THEM.iter().any(|start| route.path.starts_with(start)) {
            silent.push(route.to_string());
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    assert!(silent.is_empty(), "these answered nobody, so nothing is known of them: {silent:#?}");
}
