//! People and courts for tests, made the way they come to be outside: through the sandbox and the API.
//!
//! Only what no issue offers yet is written into the database: that staff have checked an owner, and who is staff.

use contracts::identity::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Client, TestWorld};
use crate::patience::{PATIENCE, eventually};

/// A court with its owner.
#[derive(Debug, Clone)]
pub struct Court {
    /// Its id.
    pub id: Uuid,
    /// What creating it answered.
    pub body: Value,
}

/// Every day from `from` to `until`, court-local.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// `HH:mm`
    pub from: &'static str,
    /// `HH:mm`
    pub until: &'static str,
}

impl Default for Opening {
    fn default() -> Self {
        Self { from: "08:00", until: "22:00" }
    }
}

const WEEK: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

impl TestWorld {
    /// What a provider would answer to `email` after signing in there.
    pub async fn provider_token(&self, provider: &str, email: &str, name: &str) -> String {
        let path = format!("/identities/{}", provider.to_lowercase());
        let issued = self.sandbox().post(&path, &json!({ "email": email, "name": name })).await.expect(200);
        issued["token"].as_str().expect("a token").to_owned()
    }

    /// Registers `name@example.test`.
    pub async fn register(&self, name: &str, role: Role) -> Client {
        let token = self.provider_token("google", &address(name), name).await;
        let body = json!({
            "oauthProvider": "GOOGLE", "oauthToken": token, "role": role, "termsAccepted": true,
        });
        let session = self.anonymous().post("/api/auth/register", &body).await.expect(201);
        self.anonymous().signed_in(session)
    }

    /// Signs somebody in again who has registered as `name`.
    pub async fn sign_in(&self, name: &str) -> Client {
        let token = self.provider_token("google", &address(name), name).await;
        let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": token });
        let session = self.anonymous().post("/api/auth/login", &body).await.expect(200);
        self.anonymous().signed_in(session)
    }

    /// A customer.
    pub async fn customer(&self, name: &str) -> Client {
        self.register(name, Role::Customer).await
    }

    /// A support agent or an administrator.
    pub async fn staff(&self, name: &str, role: Role) -> Client {
        let person = self.register(name, Role::Customer).await;
        self.change_user(&person, "update platform.users set role = $2 where id = $1", role.as_str()).await;
        self.sign_in(name).await
    }

    /// An owner who is verified and whose payouts are active.
    pub async fn owner(&self, name: &str) -> Client {
        let owner = self.register(name, Role::CourtOwner).await;
        self.change_user(&owner, "update platform.users set verified = true, status = $2 where id = $1", "ACTIVE")
            .await;
        self.activate_payouts(&owner).await;
        self.sign_in(name).await
    }

    /// Takes an owner through Stripe's onboarding and waits for its report.
    pub async fn activate_payouts(&self, owner: &Client) {
        let pages =
            json!({ "returnUrl": "https://app.example.test/done", "refreshUrl": "https://app.example.test/again" });
        let _link = owner.post("/api/users/me/stripe-connect/onboard", &pages).await.expect(200);
        let account: String = sqlx::query_scalar("select stripe_account_id from platform.users where id = $1")
            .bind(owner.user_id())
            .fetch_one(self.admin())
            .await
            .expect("onboarding made an account");
        let _account =
            self.sandbox().post(&format!("/stripe/accounts/{account}/complete"), &json!({})).await.expect(200);
        eventually("Stripe has reported the account as active", PATIENCE, || async {
            let status = owner.get("/api/users/me/stripe-connect").await.expect(200);
            (status["status"] == "ACTIVE").then_some(())
        })
        .await;
    }

    /// A visible padel court in Athens, open every day as by [`Opening::default`], 20 euro for 90 minutes, confirmed at
    /// once. `change` replaces members of the request.
    pub async fn court(&self, owner: &Client, change: Value) -> Court {
        self.court_open(owner, change, Opening::default()).await
    }

    /// As [`TestWorld::court`], with other hours.
    pub async fn court_open(&self, owner: &Client, change: Value, opening: Opening) -> Court {
        let mut request = json!({
            "name": { "el": "Γήπεδο δοκιμών", "en": "Test court" },
            "courtType": "PADEL",
            "locationType": "OUTDOOR",
            "address": "Λεωφόρος Δοκιμών 1, Αθήνα",
            "latitude": 37.9838,
            "longitude": 23.7275,
            "durationMinutes": 90,
            "maxCapacity": 4,
            "basePriceCents": 2000,
            "confirmationMode": "INSTANT",
            "enabled": true,
        });
        for (member, value) in change.as_object().into_iter().flatten() {
            request[member] = value.clone();
        }
        let body = owner.post("/api/courts", &request).await.expect(201);
        let id: Uuid = body["courtId"].as_str().or(body["id"].as_str()).and_then(|id| id.parse().ok()).expect("an id");
        let windows: Vec<Value> = WEEK
            .iter()
            .map(|day| json!({ "dayOfWeek": day, "startTime": opening.from, "endTime": opening.until }))
            .collect();
        let path = format!("/api/courts/{id}/availability/windows");
        let _windows = owner.put(&path, &json!({ "windows": windows })).await.expect(200);
        Court { id, body }
    }

    /// Asks for a booking of `court`, paid with `payment_method`, under an idempotency key of its own.
    pub async fn book(
        &self,
        customer: &Client,
        court: &Court,
        (date, start): (&str, &str),
        payment_method: &str,
    ) -> Answer {
        let wish = json!({
            "courtId": court.id, "date": date, "startTime": start, "numberOfPeople": 4,
            "paymentMethodId": payment_method,
        });
        // Clients send version 4; unique is all that counts here.
        let key = uuid::Builder::from_random_bytes(self.env().ids.new_id().into_bytes()).into_uuid();
        customer.clone().with_header("x-idempotency-key", &key.to_string()).post("/api/bookings", &wish).await
    }

    async fn change_user(&self, person: &Client, statement: &'static str, value: &str) {
        let changed = sqlx::query(statement).bind(person.user_id()).bind(value).execute(self.admin()).await;
        assert_eq!(changed.expect("changed").rows_affected(), 1);
    }
}

fn address(name: &str) -> String {
    format!("{name}@example.test")
}
