//! AUTHZ-09, SEC-43: one account's data never shows in another's answers.

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::club::text;
use crate::support::World;

struct Person {
    signed_in: Value,
    /// What only this person's answers may show.
    marks: Vec<String>,
}

async fn person(world: &World, name: &str, role: Role) -> Person {
    let body = json!({
        "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token(name), "role": role, "termsAccepted": true,
    });
    let call = world.post("/api/auth/register").header("user-agent", &format!("Phone of {name}"));
    let signed_in = call.json(&body).send().await.expect(201);
    let change = json!({ "name": format!("Name of {name}"), "phone": format!("+30 210 {:07}", name.len() * 31_337) });
    world.put("/api/users/me").bearer(&signed_in).json(&change).send().await.expect(200);
    let apple = world.vendors.apple(&format!("apple-{name}")).sign();
    let link = json!({ "oauthProvider": "APPLE", "oauthToken": apple });
    world.post("/api/auth/providers/link").bearer(&signed_in).json(&link).send().await.expect(200);
    let export = world.post("/api/users/me/data-export").bearer(&signed_in).send().await.expect(202);
    let sessions = world.get("/api/users/me/sessions").bearer(&signed_in).send().await.expect(200);
    let marks = vec![
        text(&signed_in["user"]["id"]).to_owned(),
        text(&signed_in["user"]["email"]).to_owned(),
        text(&change["name"]).to_owned(),
        text(&change["phone"]).to_owned(),
        format!("apple-{name}@example.test"),
        format!("Phone of {name}"),
        text(&sessions["sessions"][0]["sessionId"]).to_owned(),
        text(&export["exportId"]).to_owned(),
    ];
    Person { signed_in, marks }
}

/// AUTHZ-09, SEC-43: two customers and two owners read everything that accounts offer, and nobody sees anybody else; what
/// names somebody else's thing by its id is not found.
#[tokio::test]
async fn nobody_sees_anybody_else() {
    let world = World::new().await;
    let people = [
        person(&world, "eleni", Role::Customer).await,
        person(&world, "nikolaos", Role::Customer).await,
        person(&world, "giorgos", Role::CourtOwner).await,
        person(&world, "alexandra", Role::CourtOwner).await,
    ];
    world.run_jobs().await;
    let document = serde_json::to_value(platform::openapi()).expect("JSON");
    // Every reading route of accounts without an id in it; those of other slices have walls of their own.
    let paths: Vec<&String> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .filter(|(path, item)| item["get"]["tags"][0] == "accounts" && !path.contains('{'))
        .map(|(path, _)| path)
        .collect();
    assert!(paths.len() >= 6, "{paths:?}");
    for (at, reader) in people.iter().enumerate() {
        let mut shown = String::new();
        for path in &paths {
            let answer = world.get(path).bearer(&reader.signed_in).send().await;
            shown.push_str(&answer.body.to_string());
        }
        let refreshed = world.refresh(&reader.signed_in["refreshToken"]).await.expect(200);
        shown.push_str(&refreshed.to_string());
        for mark in &reader.marks {
            assert!(shown.contains(mark.as_str()), "the own {mark} is shown");
        }
        for (_, other) in people.iter().enumerate().filter(|(other, _)| *other != at) {
            for mark in &other.marks {
                assert!(!shown.contains(mark.as_str()), "somebody else's {mark} is shown");
            }
            let session = &other.marks[6];
            let answer = world.delete(&format!("/api/users/me/sessions/{session}")).bearer(&reader.signed_in);
            answer.send().await.refused(404, "SESSION_NOT_FOUND");
        }
    }
}
