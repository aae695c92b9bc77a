//! An owner who can be paid, with courts that are open every day from 08:00 to 23:00.

use contracts::identity::Role;
use contracts::ids::UserId;
use serde_json::{Value, json};

use super::{Answer, World, fresh_key};

/// A Tuesday two weeks after every test begins: inside the window, with all tiers ahead.
pub const DAY: &str = "2026-05-19";

pub struct Club {
    pub owner: UserId,
    pub token: String,
    pub court: String,
}

impl Club {
    /// A court that confirms at once: padel, sessions of 60 minutes at 50 euros, four players.
    pub async fn new(world: &World) -> Self {
        Self::with(world, json!({})).await
    }

    /// A court whose owner confirms each booking.
    pub async fn confirming_by_hand(world: &World) -> Self {
        Self::with(world, json!({ "confirmationMode": "MANUAL", "confirmationTimeoutHours": 24 })).await
    }

    /// A court with `changes` laid over the usual one.
    pub async fn with(world: &World, changes: Value) -> Self {
        let (owner, token) = world.person(Role::CourtOwner).await;
        let account = format!("acct_{}", owner.0.simple());
        let put = world.sandbox("PUT", &format!("/stripe/accounts/{account}")).json(&json!({ "complete": true }));
        put.send().await.expect(200);
        sqlx::query("UPDATE platform.users SET stripe_status = 'ACTIVE', stripe_account_id = $2 WHERE id = $1")
            .bind(owner.0)
            .bind(&account)
            .execute(&world.admin)
            .await
            .expect("an owner");
        let mut body = json!({
            "name": { "el": "Γήπεδο Σύνταγμα", "en": "Syntagma Court" },
            "courtType": "PADEL",
            "locationType": "OUTDOOR",
            "address": "Πλατεία Συντάγματος 1",
            "latitude": 37.9755,
            "longitude": 23.7348,
            "durationMinutes": 60,
            "maxCapacity": 4,
            "basePriceCents": 5000,
        });
        for (name, value) in changes.as_object().expect("an object of changes") {
            body[name] = value.clone();
        }
        let court = world.platform("POST", "/api/courts").bearer(&token).json(&body).send().await.expect(201);
        let court = court["id"].as_str().expect("an id").to_owned();
        let windows: Value = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
            .map(|day| json!({ "dayOfWeek": day, "startTime": "08:00", "endTime": "23:00" }))
            .into_iter()
            .collect();
        world
            .platform("PUT", &format!("/api/courts/{court}/availability/windows"))
            .bearer(&token)
            .json(&json!({ "windows": windows }))
            .send()
            .await
            .expect(200);
        Self { owner, token, court }
    }

    /// A customer books `start` on [`DAY`] with a card that works.
    pub async fn book(&self, world: &World, token: &str, start: &str) -> Value {
        self.try_to_book(world, token, start, "pm_card_visa").await.expect(201)
    }

    pub async fn try_to_book(&self, world: &World, token: &str, start: &str, card: &str) -> Answer {
        let body = booking_body(&self.court, DAY, start, card);
        world.post("/api/bookings").bearer(token).key(fresh_key()).json(&body).send().await
    }
}

/// The least a request for a booking says.
pub fn booking_body(court: &str, date: &str, start: &str, card: &str) -> Value {
    json!({ "courtId": court, "date": date, "startTime": start, "paymentMethodId": card })
}
