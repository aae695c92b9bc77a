//! `GET /api/bookings`, `/pending` and `/{bookingId}`: who sees what (BOOK-58 to BOOK-61, BOOK-32).

use serde_json::{Value, json};

use crate::support::{Club, DAY, World, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

/// BOOK-58, BOOK-59: customers see their own, owners those of their courts with masked names, nobody else's.
#[tokio::test]
async fn everybody_sees_their_own_list() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let other = Club::new(&world).await;
    let (_, maria) = world.customer().await;
    let (_, nikos) = world.customer().await;
    let early = club.book(&world, &maria, "10:00").await;
    let late = club.book(&world, &maria, "20:00").await;
    club.book(&world, &nikos, "12:00").await;
    other.book(&world, &nikos, "12:00").await;

    let mine = world.get("/api/bookings").bearer(&maria).send().await.expect(200);
    assert_eq!(
        (&mine["totalElements"], &mine["totalPages"], &mine["page"], &mine["size"]),
        (&json!(2), &json!(1), &json!(0), &json!(20))
    );
    let order: Vec<_> =
        mine["bookings"].as_array().expect("a list").iter().map(|booking| booking["id"].clone()).collect();
    assert_eq!(order, [late["id"].clone(), early["id"].clone()], "date,desc");
    let item = &mine["bookings"][0];
    for member in [
        "bookingId",
        "courtId",
        "courtName",
        "date",
        "startTime",
        "durationMinutes",
        "status",
        "type",
        "paymentStatus",
        "totalAmountCents",
    ] {
        assert!(!item[member].is_null(), "{member}");
    }
    assert_eq!(item["customerName"], "Maria Dimitriou");

    let of_courts = world.get("/api/bookings").bearer(&club.token).send().await.expect(200);
    assert_eq!(of_courts["totalElements"], 3);
    assert!(
        of_courts["bookings"].as_array().expect("a list").iter().all(|booking| booking["customerName"] == "M*** D***")
    );
}

/// BOOK-58: filters, pages and order.
#[tokio::test]
async fn lists_are_narrowed_and_paged() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    for start in ["10:00", "12:00", "14:00"] {
        club.book(&world, &token, start).await;
    }
    let listed = club.book(&world, &token, "16:00").await;
    let cancel = world.post(&format!("/api/bookings/{}/cancel", id(&listed)));
    cancel.bearer(&token).key(fresh_key()).send().await.expect(200);
    let total = async |query: &str| {
        let page = world.get(&format!("/api/bookings?{query}")).bearer(&token).send().await.expect(200);
        page["totalElements"].as_i64().expect("a number")
    };
    assert_eq!(total("status=CONFIRMED").await, 3);
    assert_eq!(total("status=CONFIRMED,CANCELLED").await, 4);
    assert_eq!(total("status=REJECTED").await, 0);
    assert_eq!(total(&format!("courtId={}", club.court)).await, 4);
    assert_eq!(total(&format!("courtId={}", fresh_key())).await, 0);
    assert_eq!(total("courtType=PADEL").await, 4);
    assert_eq!(total("courtType=TENNIS").await, 0);
    assert_eq!(total(&format!("fromDate={DAY}&toDate={DAY}")).await, 4);
    assert_eq!(total("fromDate=2026-05-20").await, 0);
    assert_eq!(total("paymentStatus=PAID").await, 4);
    assert_eq!(total("paymentStatus=UNPAID").await, 0);
    let page = world.get("/api/bookings?size=3&page=1&sort=date,asc").bearer(&token).send().await.expect(200);
    assert_eq!((&page["totalPages"], &page["bookings"][0]["startTime"]), (&json!(2), &json!("16:00")));
    for (wrong, field) in [
        ("size=0", "size"),
        ("size=101", "size"),
        ("page=-1", "page"),
        ("status=MODIFIED", "status"),
        ("courtId=7", "courtId"),
        ("fromDate=soon", "fromDate"),
        ("sort=price", "sort"),
        ("courtType=GOLF", "courtType"),
    ] {
        let answer = world.get(&format!("/api/bookings?{wrong}")).bearer(&token).send().await;
        assert_eq!(answer.wrong_fields(), [field]);
    }
}

/// BOOK-60, BOOK-61: the detail has court, money, policy, history and timeline; the owner's look at the customer's contact
/// is audited; strangers get 404.
#[tokio::test]
async fn the_detail_shows_what_each_may_see() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let (_, stranger) = world.customer().await;
    let other = Club::new(&world).await;
    let booking = club.book(&world, &token, "10:00").await;
    let path = format!("/api/bookings/{}", id(&booking));

    let mine = world.get(&path).bearer(&token).send().await.expect(200);
    assert_eq!((&mine["platformFeeCents"], &mine["courtOwnerNetCents"]), (&json!(500), &json!(4500)));
    assert_eq!(
        (&mine["courtAddress"], &mine["courtLocationType"]),
        (&json!("Πλατεία Συντάγματος 1"), &json!("OUTDOOR"))
    );
    assert_eq!(mine["ownerName"], "Eleni Georgiou");
    assert_eq!(mine["cancellationPolicy"][1], json!({ "thresholdHours": 12, "refundPercentage": 50 }));
    assert_eq!(mine["paymentTimeline"][0]["event"], "CAPTURED");
    assert_eq!(mine["auditTrail"][0]["action"], "BOOKING_CREATED");
    assert_eq!((&mine["noShow"], &mine["version"]), (&json!(false), &json!(2)));
    assert!(mine.get("customerPhone").is_none());
    assert_eq!(mine["courtName"], "Syntagma Court");
    let greek = world.get(&path).bearer(&token).header("accept-language", "el").send().await.expect(200);
    assert_eq!(greek["courtName"], "Γήπεδο Σύνταγμα");

    let owners = world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!(
        (&owners["customerName"], &owners["customerPhone"]),
        (&json!("Maria Dimitriou"), &json!("+30 2100000000"))
    );
    assert!(owners["customerEmail"].as_str().is_some_and(|email| email.ends_with("@example.test")));
    assert_eq!(
        world.count("SELECT count(*) FROM transaction.audit_log WHERE action = 'CUSTOMER_DATA_ACCESSED'").await,
        1
    );

    for token in [&stranger, &other.token] {
        world.get(&path).bearer(token).send().await.refused(404, "BOOKING_NOT_FOUND");
    }
    world.get("/api/bookings/7").bearer(&token).send().await.refused(400, "VALIDATION_ERROR");
}

/// BOOK-32: the owner's queue with deadline and held amount, by court.
#[tokio::test]
async fn the_owner_sees_what_waits() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "12:00").await;
    let first = club.book(&world, &token, "10:00").await;
    let queue = world.get("/api/bookings/pending").bearer(&club.token).send().await.expect(200);
    assert_eq!(queue["totalElements"], 2);
    let item = &queue["bookings"][0];
    assert_eq!((&item["id"], &item["heldAmountCents"]), (&first["id"], &json!(5000)));
    assert_eq!(item["confirmationDeadline"], "2026-05-05T09:00:00Z");
    let none = world.get(&format!("/api/bookings/pending?courtId={}", fresh_key()));
    assert_eq!(none.bearer(&club.token).send().await.expect(200)["totalElements"], 0);
    world.get("/api/bookings/pending").bearer(&token).send().await.refused(403, "AUTHZ_INSUFFICIENT_ROLE");
}

/// BOOK-62: the audit log cannot be changed or deleted, not even by the service itself.
#[tokio::test]
async fn the_audit_log_only_grows() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "10:00").await;
    for statement in ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"] {
        let refused = sqlx::query(statement).execute(&world.node.state.pool).await.expect_err("refused");
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}
