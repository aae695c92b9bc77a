//! Verification of court owners: request, review, and what changes with it.

use contracts::identity::Role;
use contracts::ids::UserId;
use image::ImageFormat;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::club::{Club, text};
use crate::images::picture;
use crate::support::{Answer, Part, World};

const PDF: Option<(&str, &str)> = Some(("lease.pdf", "application/pdf"));

fn lease() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\n\
      trailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
        .to_vec()
}

fn form<'a>(proof: Option<Part<'a>>) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = vec![
        ("businessName", None, " Padel <b>Athens</b> ".as_bytes()),
        ("taxId", None, b"123456783"),
        ("businessType", None, b"COMPANY"),
        ("businessAddress", None, "Ερμού 1, Αθήνα".as_bytes()),
    ];
    parts.extend(proof);
    parts
}

/// A court owner who is not verified.
async fn newcomer(world: &World) -> Club {
    let club = Club::new(world).await;
    club.set_standing(world, false, "ACTIVE").await;
    club
}

async fn send(world: &World, club: &Club, parts: &[Part<'_>]) -> Answer {
    world.post("/api/verification").bearer(&club.token).form(parts).send().await
}

async fn submit(world: &World, club: &Club) -> Value {
    let lease = lease();
    send(world, club, &form(Some(("proofDocument", PDF, &lease)))).await.expect(201)
}

async fn decide(world: &World, admin: &str, request: &Value, verdict: &str, body: Value) -> Answer {
    let path = format!("/api/admin/verifications/{}/{verdict}", text(&request["verificationRequestId"]));
    world.post(&path).bearer(admin).json(&body).send().await
}

async fn own(world: &World, club: &Club) -> Value {
    world.get("/api/verification").bearer(&club.token).send().await.expect(200)
}

/// Who was told what, in order: person, type and English title.
async fn notices(world: &World) -> Vec<(String, String, String)> {
    let events = world.events("NOTIFICATION_REQUESTED").await;
    let told = |event: &Value| {
        let payload = &event["payload"];
        let words = [&payload["userId"], &payload["notificationType"], &payload["title"]["en"]];
        let [who, what, title] = words.map(|word| text(word).to_owned());
        (who, what, title)
    };
    events.iter().map(|(_, event)| told(event)).collect()
}

async fn read(url: &Value) -> (u16, Vec<u8>) {
    let answer = reqwest::get(text(url)).await.expect("an answer");
    (answer.status().as_u16(), answer.bytes().await.expect("a body").to_vec())
}

/// AUTH-40, AUTH-44: what an owner proved the business with leaves together with the owner, out of the store as well.
#[tokio::test]
async fn proofs_leave_with_their_owner() {
    let world = World::new().await;
    let club = newcomer(&world).await;
    let staying = newcomer(&world).await;
    submit(&world, &club).await;
    submit(&world, &staying).await;
    world.run_jobs().await;
    let key: String = sqlx::query_scalar("SELECT document_key FROM verification_requests WHERE owner_id = $1")
        .bind(club.owner)
        .fetch_one(&world.pool)
        .await
        .expect("a proof");
    assert_eq!(world.post("/api/users/me/delete").bearer(&club.token).send().await.status, 202);
    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM verification_requests").await, 1, "that of the one who stays");
    let loose: Vec<(String, String)> = sqlx::query_as("SELECT shelf, object_key FROM loose_objects")
        .fetch_all(&world.pool)
        .await
        .expect("loose files");
    assert_eq!(loose, [("PRIVATE".to_owned(), key)]);
    world.clock.advance(SignedDuration::from_mins(10));
    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM loose_objects").await, 0, "and then the file is gone");
}

/// COURT-46, COURT-47, COURT-48, COURT-50: from the request to visible courts, in one step, with everybody told.
#[tokio::test]
async fn an_approval_shows_the_owners_courts() {
    let world = World::new().await;
    let club = newcomer(&world).await;
    let (court, off) = (club.court(&world, json!({})).await, club.court(&world, json!({ "enabled": false })).await);
    assert_eq!(court["status"], "HIDDEN");
    let ((admin, admin_token), (second, _)) =
        (world.person(Role::PlatformAdmin).await, world.person(Role::PlatformAdmin).await);
    let (_, customer) = world.person(Role::Customer).await;
    assert_eq!(own(&world, &club).await["currentRequest"], Value::Null);

    let request = submit(&world, &club).await;
    assert_eq!(
        (&request["status"], &request["submittedAt"]),
        (&json!("PENDING_REVIEW"), &json!("2026-05-04T09:00:00Z"))
    );
    assert_eq!((&request["businessName"], &request["businessType"]), (&json!("Padel Athens"), &json!("COMPANY")));
    assert_eq!((&request["previousRequestId"], &request["reviewedAt"]), (&Value::Null, &Value::Null));
    let mut told: Vec<_> = notices(&world).await.into_iter().map(|(who, _, title)| (who, title)).collect();
    told.sort();
    let mut reviewers = [admin.to_string(), second.to_string()].map(|who| (who, "New verification request".to_owned()));
    reviewers.sort();
    assert_eq!(told, reviewers, "all admins are told");
    assert_eq!(read(&request["proofDocumentUrl"]).await, (200, lease()));

    let path = format!("/api/courts/{}", text(&court["id"]));
    world.get(&path).bearer(&customer).send().await.refused(404, "COURT_NOT_FOUND");
    let approved = decide(&world, &admin_token, &request, "approve", json!({ "notes": "called <i>them</i>" })).await;
    let approved = approved.expect(200);
    assert_eq!((&approved["status"], &approved["notes"]), (&json!("APPROVED"), &json!("called them")));
    assert_eq!(approved["requestId"], request["verificationRequestId"]);
    assert_eq!((&approved["approvedAt"], &approved["reviewedBy"]), (&json!("2026-05-04T09:00:00Z"), &json!(admin)));
    assert_eq!(approved["courtOwnerId"], club.owner.to_string());

    assert_eq!(world.get(&path).bearer(&customer).send().await.expect(200)["visible"], true);
    let hidden = format!("/api/courts/{}", text(&off["id"]));
    world.get(&hidden).bearer(&customer).send().await.refused(404, "COURT_NOT_FOUND");
    let updated = world.events("COURT_UPDATED").await;
    assert_eq!(updated.len(), 1, "only the court that is shown from now on");
    assert_eq!(
        (&updated[0].1["payload"]["courtId"], &updated[0].1["payload"]["changedFields"]),
        (&court["id"], &json!(["visible"]))
    );
    let last = notices(&world).await.pop().expect("a notice");
    assert_eq!((last.0, last.1.as_str()), (club.owner.to_string(), "VERIFICATION_APPROVED"));
    let status = own(&world, &club).await;
    assert_eq!((&status["verified"], &status["currentRequest"]["status"]), (&json!(true), &json!("APPROVED")));
    let audited = "SELECT count(*) FROM audit_log WHERE action IN ('VERIFICATION_SUBMITTED', 'VERIFICATION_APPROVED')";
    assert_eq!(world.count(audited).await, 2);

    // COURT-52.
    decide(&world, &admin_token, &request, "approve", json!({})).await.refused(409, "VERIFICATION_ALREADY_REVIEWED");
    let late = decide(&world, &admin_token, &request, "reject", json!({ "reason": "late" })).await;
    late.refused(409, "VERIFICATION_ALREADY_REVIEWED");
    let unknown = json!({ "verificationRequestId": world.new_id() });
    decide(&world, &admin_token, &unknown, "approve", json!({})).await.refused(404, "VERIFICATION_NOT_FOUND");
}

/// COURT-51, COURT-53: a rejection gives its reason, and the next request names the one it answers.
#[tokio::test]
async fn a_rejected_owner_submits_again() {
    let world = World::new().await;
    let club = newcomer(&world).await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let first = submit(&world, &club).await;
    for body in [json!({}), json!({ "reason": "" }), json!({ "reason": " <br> " })] {
        assert_eq!(decide(&world, &admin, &first, "reject", body).await.wrong_fields(), ["reason"]);
    }
    let rejected = decide(&world, &admin, &first, "reject", json!({ "reason": "Δεν διαβάζεται" })).await.expect(200);
    assert_eq!((&rejected["status"], &rejected["reason"]), (&json!("REJECTED"), &json!("Δεν διαβάζεται")));
    assert_eq!((&rejected["rejectedAt"], &rejected["approvedAt"]), (&json!("2026-05-04T09:00:00Z"), &Value::Null));
    let events = world.events("NOTIFICATION_REQUESTED").await;
    let told = &events.last().expect("a notice").1["payload"];
    assert_eq!((&told["notificationType"], &told["userId"]), (&json!("VERIFICATION_REJECTED"), &json!(club.owner)));
    assert_eq!(told["channels"], json!(["EMAIL", "IN_APP"]));
    assert!(text(&told["body"]["el"]).contains("Δεν διαβάζεται"), "{told}");
    assert_eq!(told["data"]["deepLink"], "/verification", "where to submit again");

    world.clock.advance(SignedDuration::from_mins(5));
    let second = submit(&world, &club).await;
    assert_eq!(second["previousRequestId"], first["verificationRequestId"]);
    let status = own(&world, &club).await;
    assert_eq!(status["verified"], false);
    assert_eq!(status["currentRequest"]["verificationRequestId"], second["verificationRequestId"]);
    assert_eq!(status["history"][0]["rejectionReason"], "Δεν διαβάζεται");
    let path = format!("/api/admin/verifications/{}", text(&second["verificationRequestId"]));
    let seen = world.get(&path).bearer(&admin).send().await.expect(200);
    assert_eq!(seen["history"][0]["verificationRequestId"], first["verificationRequestId"]);
    assert_eq!(seen["courtOwnerEmail"], format!("{}@example.test", club.owner));
    world
        .get(&format!("/api/admin/verifications/{}", world.new_id()))
        .bearer(&admin)
        .send()
        .await
        .refused(404, "VERIFICATION_NOT_FOUND");
}

/// COURT-48: one pending request for each owner; of two at once the database lets one through, and without its index it
/// would let both.
#[tokio::test]
async fn one_request_is_pending_at_a_time() {
    let world = World::new().await;
    let club = newcomer(&world).await;
    let lease = lease();
    let parts = form(Some(("proofDocument", PDF, &lease)));
    let (one, two) = tokio::join!(send(&world, &club, &parts), send(&world, &club, &parts));
    let (taken, refused) = if one.status == 201 { (one, two) } else { (two, one) };
    let taken = taken.expect(201);
    let refused = refused.refused(409, "VERIFICATION_ALREADY_PENDING");
    assert_eq!(refused["details"]["existingRequestId"], taken["verificationRequestId"]);
    let third = send(&world, &club, &parts).await.refused(409, "VERIFICATION_ALREADY_PENDING");
    assert_eq!(third["details"]["existingRequestId"], taken["verificationRequestId"]);
    assert_eq!(world.count("SELECT count(*) FROM verification_requests").await, 1);

    let admin = world.database.admin().await;
    let copy = "INSERT INTO platform.verification_requests (id, owner_id, business_name, tax_id, business_type,
                    business_address, document_key, submitted_at)
                SELECT gen_random_uuid(), owner_id, business_name, tax_id, business_type, business_address,
                    document_key, submitted_at FROM platform.verification_requests LIMIT 1";
    assert!(sqlx::query(copy).execute(&admin).await.is_err(), "the index refuses a second one");
    sqlx::query("DROP INDEX platform.verification_requests_one_pending").execute(&admin).await.expect("the index");
    sqlx::query(copy).execute(&admin).await.expect("without it both would stand");
}

/// COURT-47, SEC-40, SEC-43: proofs are PDF, JPEG or PNG; scripts are refused, pictures written anew, and nobody else
/// reads them.
#[tokio::test]
async fn proofs_are_looked_into() {
    let world = World::new().await;
    let club = newcomer(&world).await;
    let active =
        String::from_utf8(lease()).expect("text").replace("/Pages 2", "/OpenAction << /S /JavaScript >> /Pages 2");
    let jpeg = picture(60, 40, ImageFormat::Jpeg);
    let cut = &jpeg[..jpeg.len() / 2];
    let webp = picture(20, 20, ImageFormat::WebP);
    for (claim, bytes, reason) in [
        (PDF, active.as_bytes(), "must not hold scripts"),
        (PDF, &b"%PDF-1.4 cut off"[..], "is no whole PDF"),
        (PDF, &jpeg, "must be a PDF"),
        (Some(("a.exe", "application/octet-stream")), b"MZ\x90\0", "must be a PDF"),
        (Some(("a.webp", "image/webp")), &webp, "must be a PDF"),
        (Some(("a.jpg", "image/jpeg")), cut, "is damaged"),
    ] {
        let body =
            send(&world, &club, &form(Some(("proofDocument", claim, bytes)))).await.refused(400, "VALIDATION_ERROR");
        assert_eq!(body["errors"][0]["field"], "proofDocument");
        assert!(text(&body["errors"][0]["message"]).starts_with(reason), "{reason}: {body}");
    }
    assert_eq!(send(&world, &club, &form(None)).await.wrong_fields(), ["proofDocument"]);
    let lease = lease();
    let proof = ("proofDocument", PDF, lease.as_slice());
    let mut wrong =
        send(&world, &club, &[("businessType", None, b"CLUB"), ("taxId", None, b""), proof]).await.wrong_fields();
    wrong.sort();
    assert_eq!(wrong, ["businessAddress", "businessName", "businessType", "taxId"]);
    let mut blank = form(Some(proof));
    blank[0].2 = b"<i></i>";
    assert_eq!(send(&world, &club, &blank).await.wrong_fields(), ["businessName"]);
    let large = vec![b' '; 11 * 1024 * 1024];
    send(&world, &club, &form(Some(("proofDocument", PDF, &large)))).await.refused(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(world.count("SELECT count(*) FROM verification_requests").await, 0);

    let hidden = [jpeg.as_slice(), b"<script>"].concat();
    let request =
        send(&world, &club, &form(Some(("proofDocument", Some(("a.jpg", "image/jpeg")), &hidden)))).await.expect(201);
    let url = &request["proofDocumentUrl"];
    let (status, bytes) = read(url).await;
    assert_eq!((status, image::guess_format(&bytes).ok()), (200, Some(ImageFormat::Jpeg)));
    assert!(!bytes.windows(8).any(|window| window == b"<script>"));
    let bare = json!(text(url).split('?').next().expect("an address"));
    assert_eq!(read(&bare).await.0, 403, "only by its link");
    let other = newcomer(&world).await;
    assert_eq!(own(&world, &other).await["currentRequest"], Value::Null);
}

/// COURT-49: the queue is filtered, paged and sorted either way, the oldest first.
#[tokio::test]
async fn reviewers_see_the_queue() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let mut requests = Vec::new();
    for _ in 0..3 {
        let club = newcomer(&world).await;
        requests.push(submit(&world, &club).await);
        world.clock.advance(SignedDuration::from_mins(1));
    }
    decide(&world, &admin, &requests[1], "reject", json!({ "reason": "no" })).await.expect(200);
    let list = async |query: &str| {
        let answer = world.get(&format!("/api/admin/verifications?{query}")).bearer(&admin).send().await.expect(200);
        let ids = answer["verifications"].as_array().expect("a list").iter();
        let ids: Vec<Value> = ids.map(|one| one["verificationRequestId"].clone()).collect();
        (ids, answer["totalElements"].clone())
    };
    let id = |number: usize| requests[number]["verificationRequestId"].clone();
    assert_eq!(list("").await, (vec![id(0), id(1), id(2)], json!(3)));
    assert_eq!(list("sortDirection=DESC").await, (vec![id(2), id(1), id(0)], json!(3)));
    assert_eq!(list("status=PENDING_REVIEW").await, (vec![id(0), id(2)], json!(2)));
    assert_eq!(list("status=REJECTED&sortDirection=ASC").await, (vec![id(1)], json!(1)));
    assert_eq!(list("page=1&size=2").await, (vec![id(2)], json!(3)));
    for query in ["status=OPEN", "page=-1", "size=0", "sortDirection=UP"] {
        world
            .get(&format!("/api/admin/verifications?{query}"))
            .bearer(&admin)
            .send()
            .await
            .refused(400, "VALIDATION_ERROR");
    }
}

/// COURT-54: reviewers are reminded after 48 hours, again after 48 more, and not of what is decided.
#[tokio::test]
async fn reviewers_are_reminded() {
    let world = World::new().await;
    world.run_jobs().await;
    let club = newcomer(&world).await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let request = submit(&world, &club).await;
    let reminders = async || {
        let told = notices(&world).await;
        told.iter().filter(|(_, _, title)| title == "Verification request overdue").count()
    };
    let after = async |hours: i64| {
        world.clock.advance(SignedDuration::from_hours(hours));
        world.run_jobs().await;
        reminders().await
    };
    assert_eq!((after(47).await, after(1).await, after(1).await, after(47).await), (0, 1, 1, 2));
    let admin = world.token(read_subject(&admin), Role::PlatformAdmin);
    decide(&world, &admin, &request, "approve", json!({})).await.expect(200);
    assert_eq!(after(96).await, 2);
}

/// Whose token this is.
fn read_subject(token: &str) -> UserId {
    let claims = crate::support::read_claims(&json!(token));
    UserId(text(&claims["sub"]).parse().expect("an id"))
}

/// COURT-50, AUTHZ-15: an admin verifies an owner directly; a pending request is approved with it; nobody else is.
#[tokio::test]
async fn an_admin_verifies_directly() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let verify =
        async |owner: &str| world.post(&format!("/api/admin/court-owners/{owner}/verify")).bearer(&admin).send().await;
    let plain = newcomer(&world).await;
    let court = plain.court(&world, json!({})).await;
    let answer = verify(&plain.owner.to_string()).await.expect(200);
    assert_eq!(answer, json!({ "courtOwnerId": plain.owner, "verified": true, "requestId": null }));
    let own_courts = world.get("/api/courts/owner/me").bearer(&plain.token).send().await.expect(200);
    assert_eq!((&own_courts["courts"][0]["id"], &own_courts["courts"][0]["visible"]), (&court["id"], &json!(true)));
    verify(&plain.owner.to_string()).await.expect(200);
    let told = notices(&world).await;
    assert_eq!(told.iter().filter(|(_, kind, _)| kind == "VERIFICATION_APPROVED").count(), 1, "once is enough");

    let waiting = newcomer(&world).await;
    let request = submit(&world, &waiting).await;
    let answer = verify(&waiting.owner.to_string()).await.expect(200);
    assert_eq!(answer["requestId"], request["verificationRequestId"]);
    assert_eq!(own(&world, &waiting).await["currentRequest"]["status"], "APPROVED");

    let (customer, _) = world.person(Role::Customer).await;
    verify(&customer.to_string()).await.refused(404, "USER_NOT_FOUND");
    verify(&world.new_id().to_string()).await.refused(404, "USER_NOT_FOUND");
}

/// COURT-55, OWN-23, OWN-24, OWN-25: another name of a verified owner's business is flagged and told; courts stay visible
/// and the owner verified until an admin has looked.
#[tokio::test]
async fn changed_business_data_are_reviewed_again() {
    let world = World::new().await;
    let club = newcomer(&world).await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let court = club.court(&world, json!({})).await;
    let profile = async |body: Value| world.put("/api/users/me/profile").bearer(&club.token).json(&body).send().await;
    let empty = world.get("/api/users/me/profile").bearer(&club.token).send().await.expect(200);
    assert_eq!((&empty["businessName"], &empty["version"]), (&Value::Null, &json!(0)));

    let request = submit(&world, &club).await;
    let changed = profile(json!({ "businessName": "First" })).await.expect(200);
    assert_eq!((&changed["reVerificationRequired"], &changed["taxId"]), (&json!(false), &json!("123456783")));
    decide(&world, &admin, &request, "approve", json!({})).await.expect(200);
    let shown = world.get("/api/users/me/profile").bearer(&club.token).send().await.expect(200);
    assert_eq!(
        (&shown["businessName"], &shown["verified"]),
        (&json!("Padel Athens"), &json!(true)),
        "what was reviewed"
    );

    let same = profile(json!({ "businessName": "Padel Athens", "contactPhone": "+30 210 1234567" })).await.expect(200);
    assert_eq!((&same["reVerificationRequired"], &same["contactPhone"]), (&json!(false), &json!("+30 210 1234567")));
    let version = &same["version"];
    let stale = profile(json!({ "taxId": "1", "version": 0 })).await.refused(409, "CONCURRENT_MODIFICATION");
    assert_eq!(&stale["details"]["currentVersion"], version);
    for (body, field) in [
        (json!({ "businessName": "" }), "businessName"),
        (json!({ "taxId": " " }), "taxId"),
        (json!({ "businessAddress": "<b></b>" }), "businessAddress"),
        (json!({ "contactPhone": "call me" }), "contactPhone"),
        (json!({ "language": "fr" }), "language"),
        (json!({ "businessType": "CLUB" }), "businessType"),
    ] {
        assert_eq!(profile(body.clone()).await.wrong_fields(), [field], "{body}");
    }
    let flagged = profile(json!({ "businessName": "Padel <i>Piraeus</i>", "version": version })).await.expect(200);
    assert_eq!((&flagged["businessName"], &flagged["reVerificationRequired"]), (&json!("Padel Piraeus"), &json!(true)));
    assert_eq!(flagged["verified"], true);
    assert_eq!(own(&world, &club).await["reVerificationRequired"], true);
    let own_courts = world.get("/api/courts/owner/me").bearer(&club.token).send().await.expect(200);
    assert_eq!((&own_courts["courts"][0]["id"], &own_courts["courts"][0]["visible"]), (&court["id"], &json!(true)));
    assert_eq!(notices(&world).await.pop().expect("a notice").2, "Business data changed");

    let waiting = world.get("/api/admin/re-verifications").bearer(&admin).send().await.expect(200);
    assert_eq!(waiting["reVerifications"][0]["courtOwnerId"], club.owner.to_string());
    assert_eq!(waiting["reVerifications"][0]["businessName"], "Padel Piraeus");
    let path = format!("/api/admin/court-owners/{}/verify", club.owner);
    world.post(&path).bearer(&admin).send().await.expect(200);
    let shown = world.get("/api/users/me/profile").bearer(&club.token).send().await.expect(200);
    assert_eq!((&shown["reVerificationRequired"], &shown["businessName"]), (&json!(false), &json!("Padel Piraeus")));
    let waiting = world.get("/api/admin/re-verifications").bearer(&admin).send().await.expect(200);
    assert_eq!(waiting["reVerifications"], json!([]));
}

/// ADMIN-04: a file that is refused is told what is allowed, size and formats; nothing else of the form is wrong.
#[tokio::test]
async fn a_refused_file_is_told_what_is_allowed() {
    let world = World::new().await;
    let club = newcomer(&world).await;
    let large = [lease(), vec![b' '; 10 * 1024 * 1024 - 100]].concat();
    let kinds = [(PDF, b"no PDF".as_slice()), (Some(("a.gif", "image/gif")), b"GIF89a\x01\0\x01\0\0\0\0;".as_slice())];
    for (claim, bytes) in kinds.into_iter().chain([(PDF, large.as_slice())]) {
        let answer = send(&world, &club, &form(Some(("proofDocument", claim, bytes)))).await;
        if answer.status == 413 {
            let limit = answer.refused(413, "PAYLOAD_TOO_LARGE");
            assert!(limit["details"]["limitBytes"].is_u64(), "{limit:#}");
            continue;
        }
        let refused = answer.refused(400, "VALIDATION_ERROR");
        assert_eq!(refused["errors"].as_array().map(Vec::len), Some(1), "{refused:#}");
        assert_eq!(refused["errors"][0]["field"], "proofDocument");
        let message = text(&refused["errors"][0]["message"]);
        for word in ["PDF", "JPEG", "PNG", "10 MB"] {
            assert!(message.contains(word), "{message}");
        }
    }
}

/// ADMIN-04: the business of a verified owner cannot be registered again, however its tax number is typed; the answer has
/// what support finds the account by, and nothing else of it.
#[tokio::test]
async fn a_business_is_registered_once() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let (first, second) = (newcomer(&world).await, newcomer(&world).await);
    let lease = lease();
    let with_number = |number: &'static [u8]| {
        let mut parts = form(Some(("proofDocument", PDF, &lease)));
        parts[1].2 = number;
        parts
    };
    let request = send(&world, &first, &with_number(b"EL 099-887 766")).await.expect(201);
    // Not decided yet: two may claim it, and the reviewers see both.
    let claim = send(&world, &second, &with_number(b"el099887766")).await.expect(201);
    decide(&world, &admin, &claim, "reject", json!({ "reason": "Not yours" })).await.expect(200);
    decide(&world, &admin, &request, "approve", json!({})).await.expect(200);

    let refused = send(&world, &second, &with_number(b"el099887766")).await.refused(409, "BUSINESS_ALREADY_REGISTERED");
    let reference = text(&refused["details"]["reference"]);
    let end = first.owner.simple().to_string().to_uppercase();
    assert!(end.ends_with(reference) && reference.len() == 12, "{refused:#}");
    assert!(text(&refused["message"]).contains(reference) && text(&refused["message"]).contains("support"));
    assert!(!refused.to_string().contains("example.test"), "{refused:#}");
    // The owner may send own data again, and another number is nobody's.
    send(&world, &first, &with_number(b"EL099887766")).await.expect(201);
    send(&world, &second, &with_number(b"099887767")).await.expect(201);
}
