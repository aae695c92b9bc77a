//! The one place that knows platform: its views that this service's role may read, and its `/internal/*` calls.
//!
//! Views answer what is stored and cheap (who owns a court, what a customer is called); calls answer what platform has
//! to work out (is the slot open, what does it cost). Nothing here is cached, because bookings are decided with it; the
//! status of accounts alone may be a few seconds old.

mod billing;
mod recipients;
mod reminders;

use std::sync::Arc;

use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::identity::{AccessClaims, AccountStatus, ConnectStatus, Language, Role, SubscriptionStatus};
use contracts::ids::{CourtId, SessionId, UserId};
use contracts::internal::{
    AuditHandover, CalculatePriceQuery, CourtAvailability, CourtAvailabilityQuery, SlotOffer,
    StripeConnectStatusResponse,
};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use kit::auth::{AccountSource, INTERNAL_KEY_HEADER};
use kit::cache::Cache;
use kit::clock::SharedClock;
use kit::http::{HttpClient, HttpClientError};
use kit::limits::{Limit, Limiter};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use uuid::Uuid;

pub use billing::{OwnerBilling, owner_billing};
pub use recipients::{Recipient, recipients};
pub use reminders::{OwnedCourt, bookable_courts, reminder_rules};

use crate::bookings::domain::abuse::{RecentHistory, WINDOW_OF_PACE};
use crate::bookings::domain::refund::Tier;
use crate::bookings::store::StoredAnswer;
use crate::config::PlatformConfig;
use crate::payouts::domain::Signals;

/// Why platform gave no answer that can be used.
#[derive(Debug, Error)]
pub enum PlatformError {
    /// No such court or user there.
    #[error("platform does not know it")]
    NotFound,
    /// It could not be asked.
    #[error(transparent)]
    Unavailable(#[from] HttpClientError),
    /// Its views could not be read.
    #[error("platform's views cannot be read: {0}")]
    Views(#[from] sqlx::Error),
    /// It answered with something else than agreed.
    #[error("platform answered {status} to {call}")]
    Unexpected {
        /// What was asked.
        call: &'static str,
        /// Its status.
        status: u16,
    },
    /// Its answer cannot be read.
    #[error("platform's answer to {call} cannot be read: {reason}")]
    Unreadable {
        /// What was asked.
        call: &'static str,
        /// Why.
        reason: String,
    },
}

/// A court as `v_court_summary` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Court {
    /// Which one.
    pub id: CourtId,
    /// Whose it is.
    pub owner_id: UserId,
    /// Greek name.
    pub name_el: String,
    /// English name, where there is one.
    pub name_en: Option<String>,
    /// Sport.
    pub court_type: CourtType,
    /// Under a roof or not.
    pub location_type: LocationType,
    /// Street and town.
    pub address: String,
    /// IANA zone.
    pub timezone: String,
    /// Length of one session.
    pub duration_minutes: i32,
    /// How many may play.
    pub max_capacity: i32,
    /// Whether the owner confirms.
    pub mode: ConfirmationMode,
    /// How long the owner has for it.
    pub confirmation_timeout_hours: i32,
    /// People may queue for taken slots.
    pub waitlist_enabled: bool,
    /// Shown to customers.
    pub visible: bool,
    /// The owner is verified.
    pub owner_verified: bool,
    /// The owner's subscription lets bookings be entered by hand (BOOK-49).
    pub owner_may_enter: bool,
    /// The owner's account at Stripe.
    pub owner_stripe_status: ConnectStatus,
    /// Its id.
    pub owner_stripe_account: Option<String>,
    /// What the owner subscribes to; the platform's share may depend on it (PAY-09).
    pub owner_tier: Option<SubscriptionStatus>,
}

/// A person as `v_user_basic` shows one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Number.
    pub phone: Option<String>,
}

/// What a checkout needs to know before it begins, read in one round trip.
#[derive(Debug, Clone)]
pub struct CheckoutFacts {
    /// The court; none when there is no such court.
    pub court: Option<Court>,
    /// The caller's customer at Stripe.
    pub stripe_customer: Option<String>,
    /// What is stored under the client's key.
    pub stored: Option<StoredAnswer>,
    /// What the caller has booked lately, and what it may not book for a while.
    pub history: RecentHistory,
}

/// Platform, as this service sees it. Cloning shares the connections.
#[derive(Clone)]
pub struct PlatformPort {
    http: HttpClient,
    base: String,
    key: SecretString,
}

impl PlatformPort {
    /// A port for `config`.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(config: &PlatformConfig, clock: SharedClock) -> anyhow::Result<Self> {
        Ok(Self {
            http: HttpClient::new("platform", &config.client, clock)?,
            base: config.internal_url.as_str().trim_end_matches('/').to_owned(),
            key: config.internal_api_key.clone(),
        })
    }

    /// Whether a slot can be booked as far as platform knows, and what it costs (BOOK-11, PRICE-16).
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn offer(&self, court: CourtId, query: &CalculatePriceQuery) -> Result<SlotOffer, PlatformError> {
        self.get("offer", &format!("courts/{court}/offer"), query).await
    }

    /// The slots of some days with their states and prices, read straight from the database.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn availability(
        &self,
        court: CourtId,
        from_date: Date,
        to_date: Date,
        duration_minutes: Option<i32>,
    ) -> Result<CourtAvailability, PlatformError> {
        let query = CourtAvailabilityQuery { from_date, to_date, duration_minutes };
        self.get("availability", &format!("courts/{court}/availability"), &query).await
    }

    /// Whether an owner can be paid right now; asked before every capture (PAY-07).
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn connect_status(&self, owner: UserId) -> Result<StripeConnectStatusResponse, PlatformError> {
        self.get("stripe-connect-status", &format!("users/{owner}/stripe-connect-status"), &()).await
    }

    /// Tells that an owner's session was used here, so that it does not end for idleness (AUTH-28).
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn note_session_activity(&self, session: SessionId) -> Result<(), PlatformError> {
        let request = self
            .http
            .request(Method::POST, &format!("{}/internal/sessions/{session}/activity", self.base))
            .header(INTERNAL_KEY_HEADER, self.key.expose_secret());
        match self.http.send_idempotent(request).await?.status() {
            StatusCode::NO_CONTENT => Ok(()),
            status => Err(PlatformError::Unexpected { call: "session activity", status: status.as_u16() }),
        }
    }

    /// Hands over what owners did here; platform stores each entry once, however often it gets it (OWN-45).
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn hand_over_audit_entries(&self, handover: &AuditHandover) -> Result<(), PlatformError> {
        let request = self
            .http
            .request(Method::POST, &format!("{}/internal/audit-entries", self.base))
            .header(INTERNAL_KEY_HEADER, self.key.expose_secret())
            .json(handover);
        match self.http.send_idempotent(request).await?.status() {
            StatusCode::NO_CONTENT => Ok(()),
            status => Err(PlatformError::Unexpected { call: "audit entries", status: status.as_u16() }),
        }
    }

    /// Nothing promotional for this person any more (NOTE-13).
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn switch_promotions_off(&self, user: UserId) -> Result<(), PlatformError> {
        let request = self
            .http
            .request(Method::POST, &format!("{}/internal/users/{user}/promotions-off", self.base))
            .header(INTERNAL_KEY_HEADER, self.key.expose_secret());
        match self.http.send_idempotent(request).await?.status() {
            StatusCode::NO_CONTENT => Ok(()),
            StatusCode::NOT_FOUND => Err(PlatformError::NotFound),
            status => Err(PlatformError::Unexpected { call: "promotions off", status: status.as_u16() }),
        }
    }

    async fn get<T: DeserializeOwned>(
        &self,
        call: &'static str,
        path: &str,
        query: &impl Serialize,
    ) -> Result<T, PlatformError> {
        let request = self
            .http
            .get(&format!("{}/internal/{path}", self.base))
            .header(INTERNAL_KEY_HEADER, self.key.expose_secret())
            .query(query);
        let response = self.http.send_idempotent(request).await?;
        match response.status() {
            StatusCode::OK => {
                response.json().await.map_err(|error| PlatformError::Unreadable { call, reason: error.to_string() })
            }
            StatusCode::NOT_FOUND => Err(PlatformError::NotFound),
            status => Err(PlatformError::Unexpected { call, status: status.as_u16() }),
        }
    }
}

/// Who asks to book what, under which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckoutAsked {
    /// The court.
    pub court: CourtId,
    /// The customer.
    pub user: UserId,
    /// The client's key.
    pub key: Uuid,
    /// When.
    pub now: Timestamp,
}

/// The court, the caller's Stripe customer and what is stored under the client's key, for each checkout, in one round
/// trip and in their order.
///
/// # Errors
/// When the database refuses.
pub async fn checkout_facts(
    connection: &mut PgConnection,
    asked: &[CheckoutAsked],
) -> Result<Vec<CheckoutFacts>, sqlx::Error> {
    let Some(now) = asked.iter().map(|one| one.now).min() else { return Ok(Vec::new()) };
    let courts: Vec<Uuid> = asked.iter().map(|one| one.court.0).collect();
    let users: Vec<Uuid> = asked.iter().map(|one| one.user.0).collect();
    let keys: Vec<Uuid> = asked.iter().map(|one| one.key).collect();
    sqlx::query!(
        r#"SELECT court.court_id AS "court_id?", court.owner_id AS "owner_id?", court.name_el AS "name_el?",
                  court.name_en AS "name_en?", court.court_type AS "court_type?", court.location_type AS "location_type?",
                  court.address AS "address?", court.timezone AS "timezone?",
                  court.duration_minutes AS "duration_minutes?", court.max_capacity AS "max_capacity?",
                  court.confirmation_mode AS "confirmation_mode?",
                  court.confirmation_timeout_hours AS "confirmation_timeout_hours?",
                  court.waitlist_enabled AS "waitlist_enabled?", court.visible AS "visible?",
                  court.owner_verified AS "owner_verified?", court.owner_stripe_status AS "owner_stripe_status?",
                  court.owner_stripe_account_id AS "owner_stripe_account_id?",
                  billing.subscription_status AS "owner_tier?",
                  court.owner_subscription_status AS "owner_subscription_status?",
                  customer.stripe_customer_id AS "stripe_customer_id?", known.request_hash AS "request_hash?",
                  known.booking_id, known.response_status, known.response_body,
                  ARRAY(SELECT min(lately.created_at) FROM transaction.bookings lately
                        WHERE lately.customer_id = asked.user_id AND lately.status <> 'DROPPED'
                          AND lately.moves_booking_id IS NULL AND lately.created_at > $4
                        GROUP BY coalesce(lately.recurring_group_id, lately.id)) AS "booked_at!: Vec<jiff_sqlx::Timestamp>",
                  (SELECT max(blocked.until) FROM transaction.booking_restrictions blocked
                   WHERE blocked.customer_id = asked.user_id AND blocked.court_id = asked.court_id
                     AND blocked.kind = 'COURT_BLOCKED') AS blocked_until,
                  (SELECT max(narrowed.until) FROM transaction.booking_restrictions narrowed
                   WHERE narrowed.customer_id = asked.user_id AND narrowed.kind = 'INSTANT_ONLY') AS instant_only_until
           FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS asked (court_id, user_id, key, place)
           LEFT JOIN platform.v_court_summary court ON court.court_id = asked.court_id
           LEFT JOIN platform.v_owner_billing billing ON billing.owner_id = court.owner_id
           LEFT JOIN transaction.stripe_customers customer ON customer.user_id = asked.user_id
           LEFT JOIN transaction.idempotency_keys known ON known.user_id = asked.user_id AND known.key = asked.key
           ORDER BY asked.place"#,
        &courts,
        &users,
        &keys,
        (now - WINDOW_OF_PACE).to_sqlx()
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let stored = row.request_hash.map(|request_hash| StoredAnswer {
            request_hash,
            booking_id: row.booking_id.map(contracts::ids::BookingId),
            answer: row.response_status.and_then(|status| u16::try_from(status).ok()).zip(row.response_body),
        });
        let court = CourtRow {
            court_id: row.court_id,
            owner_id: row.owner_id,
            name_el: row.name_el,
            name_en: row.name_en,
            court_type: row.court_type,
            location_type: row.location_type,
            address: row.address,
            timezone: row.timezone,
            duration_minutes: row.duration_minutes,
            max_capacity: row.max_capacity,
            confirmation_mode: row.confirmation_mode,
            confirmation_timeout_hours: row.confirmation_timeout_hours,
            waitlist_enabled: row.waitlist_enabled,
            visible: row.visible,
            owner_verified: row.owner_verified,
            owner_stripe_status: row.owner_stripe_status,
            owner_stripe_account_id: row.owner_stripe_account_id,
            owner_tier: row.owner_tier,
            owner_subscription_status: row.owner_subscription_status,
        };
        let history = RecentHistory {
            booked_at: row.booked_at.into_iter().map(|at| at.to_jiff()).collect(),
            blocked_until: row.blocked_until.map(|at| at.to_jiff()),
            instant_only_until: row.instant_only_until.map(|at| at.to_jiff()),
        };
        Ok(CheckoutFacts { court: court.read()?, stripe_customer: row.stripe_customer_id, stored, history })
    })
    .collect()
}

/// One court.
///
/// # Errors
/// When the database refuses.
pub async fn court(connection: &mut PgConnection, court: CourtId) -> Result<Option<Court>, sqlx::Error> {
    let row = sqlx::query_as!(
        CourtRow,
        "SELECT court_id, court.owner_id, name_el, name_en, court_type, location_type, address, timezone,
                duration_minutes, max_capacity, confirmation_mode, confirmation_timeout_hours, waitlist_enabled, visible,
                owner_verified, owner_stripe_status, owner_stripe_account_id, owner_subscription_status,
                billing.subscription_status AS owner_tier
         FROM platform.v_court_summary court
         LEFT JOIN platform.v_owner_billing billing ON billing.owner_id = court.owner_id
         WHERE court_id = $1",
        court.0
    )
    .fetch_optional(connection)
    .await?;
    row.map_or(Ok(None), CourtRow::read)
}

/// The cancellation tiers of a court; none when it has no policy of its own (PAY-24).
///
/// # Errors
/// When the database refuses.
pub async fn cancellation_policy(connection: &mut PgConnection, court: CourtId) -> Result<Vec<Tier>, sqlx::Error> {
    sqlx::query_as!(
        Tier,
        r#"SELECT threshold_hours::integer AS "threshold_hours!", refund_percent::integer AS "refund_percentage!"
           FROM platform.v_court_cancellation_tiers WHERE court_id = $1 ORDER BY threshold_hours DESC"#,
        court.0
    )
    .fetch_all(connection)
    .await
}

/// One person.
///
/// # Errors
/// When the database refuses.
pub async fn person(connection: &mut PgConnection, user: UserId) -> Result<Option<Person>, sqlx::Error> {
    sqlx::query_as!(
        Person,
        r#"SELECT name AS "name!", email AS "email!", phone FROM platform.v_user_basic WHERE user_id = $1"#,
        user.0
    )
    .fetch_optional(connection)
    .await
}

/// What customer and owner have in common (PAY-60): the last known addresses, a device, and how young the customer's
/// account was.
///
/// # Errors
/// When the database refuses.
pub async fn booking_signals(
    connection: &mut PgConnection,
    customer: UserId,
    owner: UserId,
    booked_at: Timestamp,
) -> Result<Signals, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT coalesce(
                      (SELECT ip FROM platform.v_sign_in_traces WHERE user_id = $1 AND ip IS NOT NULL
                       ORDER BY last_used_at DESC LIMIT 1)
                    = (SELECT ip FROM platform.v_sign_in_traces WHERE user_id = $2 AND ip IS NOT NULL
                       ORDER BY last_used_at DESC LIMIT 1), false) AS "same_ip!",
                  EXISTS (SELECT 1 FROM platform.v_sign_in_traces one
                          JOIN platform.v_sign_in_traces other ON other.device_id = one.device_id
                          WHERE one.user_id = $1 AND other.user_id = $2) AS "same_device!",
                  (SELECT max(account_created_at) FROM platform.v_sign_in_traces WHERE user_id = $1) AS account_created_at"#,
        customer.0,
        owner.0
    )
    .fetch_one(connection)
    .await?;
    let young_until = row.account_created_at.map(|at| at.to_jiff() + SignedDuration::from_hours(24));
    Ok(Signals {
        same_ip: row.same_ip,
        same_device: row.same_device,
        new_account: young_until.is_some_and(|until| booked_at < until),
    })
}

/// The language a person reads, as stored in the profile.
///
/// # Errors
/// When the database refuses.
pub async fn language(pool: &PgPool, user: UserId) -> Result<Option<Language>, sqlx::Error> {
    let language =
        sqlx::query_scalar!(r#"SELECT language AS "language!" FROM platform.v_user_basic WHERE user_id = $1"#, user.0)
            .fetch_optional(pool)
            .await?;
    Ok(language.and_then(|language| language.parse().ok()))
}

/// Some people's names, for a page of a list.
///
/// # Errors
/// When the database refuses.
pub async fn names(connection: &mut PgConnection, users: &[Uuid]) -> Result<Vec<(UserId, String)>, sqlx::Error> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user_id!", name AS "name!" FROM platform.v_user_basic WHERE user_id = ANY($1)"#,
        users
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.user_id), row.name)).collect())
}

/// A row of `v_court_summary`; a view's columns are all nullable to the driver.
struct CourtRow {
    court_id: Option<Uuid>,
    owner_id: Option<Uuid>,
    name_el: Option<String>,
    name_en: Option<String>,
    court_type: Option<String>,
    location_type: Option<String>,
    address: Option<String>,
    timezone: Option<String>,
    duration_minutes: Option<i32>,
    max_capacity: Option<i32>,
    confirmation_mode: Option<String>,
    confirmation_timeout_hours: Option<i32>,
    waitlist_enabled: Option<bool>,
    visible: Option<bool>,
    owner_verified: Option<bool>,
    owner_stripe_status: Option<String>,
    owner_stripe_account_id: Option<String>,
    owner_tier: Option<String>,
    owner_subscription_status: Option<String>,
}

impl CourtRow {
    fn read(self) -> Result<Option<Court>, sqlx::Error> {
        let Some(court_id) = self.court_id else { return Ok(None) };
        let broken = |column: &'static str| sqlx::Error::ColumnDecode {
            index: column.to_owned(),
            source: format!("v_court_summary: {column} of court {court_id} cannot be read").into(),
        };
        Ok(Some(Court {
            id: CourtId(court_id),
            owner_id: UserId(self.owner_id.ok_or_else(|| broken("owner_id"))?),
            name_el: self.name_el.ok_or_else(|| broken("name_el"))?,
            name_en: self.name_en,
            court_type: read_word(self.court_type).ok_or_else(|| broken("court_type"))?,
            location_type: read_word(self.location_type).ok_or_else(|| broken("location_type"))?,
            address: self.address.ok_or_else(|| broken("address"))?,
            timezone: self.timezone.ok_or_else(|| broken("timezone"))?,
            duration_minutes: self.duration_minutes.ok_or_else(|| broken("duration_minutes"))?,
            max_capacity: self.max_capacity.ok_or_else(|| broken("max_capacity"))?,
            mode: read_word(self.confirmation_mode).ok_or_else(|| broken("confirmation_mode"))?,
            confirmation_timeout_hours: self
                .confirmation_timeout_hours
                .ok_or_else(|| broken("confirmation_timeout_hours"))?,
            waitlist_enabled: self.waitlist_enabled.unwrap_or(false),
            visible: self.visible.unwrap_or(false),
            owner_verified: self.owner_verified.unwrap_or(false),
            owner_may_enter: matches!(
                read_word(self.owner_subscription_status),
                Some(SubscriptionStatus::Trial | SubscriptionStatus::Active)
            ),
            owner_stripe_status: read_word(self.owner_stripe_status).ok_or_else(|| broken("owner_stripe_status"))?,
            owner_stripe_account: self.owner_stripe_account_id,
            owner_tier: read_word(self.owner_tier),
        }))
    }
}

fn read_word<T: std::str::FromStr>(text: Option<String>) -> Option<T> {
    text?.parse().ok()
}

/// Platform hears of a session that is used once in this time.
const ACTIVITY_TOLD_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// Sessions whose last word is remembered.
const SESSIONS_KEPT: usize = 100_000;

/// Accounts as platform's view shows them, remembered for a few seconds. Platform hears which owners are at work.
pub struct Accounts {
    pool: PgPool,
    port: PlatformPort,
    clock: SharedClock,
    known: Cache<UserId, Option<AccountStatus>>,
    /// One token a minute for each session: whoever gets it tells.
    told: Limiter,
}

impl Accounts {
    /// Reads with `pool`; an answer may be `seconds` old. Tells through `port`.
    #[must_use]
    pub fn new(pool: PgPool, port: PlatformPort, seconds: u32, clock: SharedClock) -> Arc<Self> {
        let life = SignedDuration::from_secs(i64::from(seconds));
        let known = Cache::new("account_status", 100_000, life, clock.clone());
        let told = Limiter::new(Limit::new(1, ACTIVITY_TOLD_EVERY), SESSIONS_KEPT);
        Arc::new(Self { pool, port, clock, known, told })
    }

    async fn read(&self, user: UserId) -> anyhow::Result<Option<AccountStatus>> {
        let status =
            sqlx::query_scalar!(r#"SELECT status AS "status!" FROM platform.v_user_basic WHERE user_id = $1"#, user.0)
                .fetch_optional(&self.pool)
                .await?;
        status.map(|text| text.parse::<AccountStatus>().map_err(anyhow::Error::from)).transpose()
    }
}

impl AccountSource for Accounts {
    fn account_status(&self, user: UserId) -> BoxFuture<'_, anyhow::Result<Option<AccountStatus>>> {
        async move { Ok(self.known.get_or_load(&user, self.read(user)).await?.value) }.boxed()
    }

    fn forget(&self, user: UserId) {
        self.known.invalidate(&user);
    }

    /// Only owners' sessions end for idleness. The call does not wait: it is not about its own answer.
    fn seen<'a>(&'a self, claims: &'a AccessClaims) -> BoxFuture<'a, ()> {
        let session = claims.sid.filter(|_| claims.role == Role::CourtOwner);
        if let Some(session) = session
            && self.told.take(&session.to_string(), self.clock.now()).is_allowed()
        {
            let port = self.port.clone();
            tokio::spawn(async move {
                if let Err(error) = port.note_session_activity(session).await {
                    tracing::warn!(%session, %error, "platform did not hear that a session is used");
                }
            });
        }
        std::future::ready(()).boxed()
    }
}
