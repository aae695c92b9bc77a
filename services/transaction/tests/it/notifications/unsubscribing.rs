//! The way out of promotional mail.

use contracts::events::{Channel, NotificationType};
use http::StatusCode;

use super::{ask, deliver_all, greek_customer, mails, pushes, request, stands};
use crate::support::World;

/// NOTE-13, NOTE-16: promotional mail carries a link and a header for one click; opening the link changes nothing, using
/// it ends promotional messages, in every way, and nothing else.
#[tokio::test]
async fn one_click_ends_promotions() {
    let world = World::new().await;
    let (maria, _) = greek_customer(&world, "maria").await;
    ask(&world, &request(maria, NotificationType::FavoriteCourtAlert)).await;
    ask(&world, &request(maria, NotificationType::BookingConfirmed)).await;
    deliver_all(&world).await;
    let letters = mails(&world, maria).await;
    let about = |kind: &str| letters.iter().find(|mail| mail["categories"][0] == kind).expect("a mail");
    assert!(about("notice")["headers"].get("List-Unsubscribe").is_none(), "only promotions have a way out");
    let promotion = about("promotion");
    let header = promotion["headers"]["List-Unsubscribe"].as_str().expect("a header");
    let address = header.trim_matches(['<', '>']);
    assert_eq!(promotion["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    for form in ["text", "html"] {
        // In HTML a slash may stand as its number.
        let shown = promotion[form].as_str().expect("a form").replace("&#x2f;", "/");
        assert!(shown.contains(address), "{form}: {shown}");
    }
    let path = address.strip_prefix("https://api.courtside.example").expect("the configured address");

    let page = world.get(path).text_of("text/html; charset=utf-8").await;
    assert!(page.contains("lang=\"el\"") && page.contains("<form method=\"post\">"), "{page}");
    ask(&world, &request(maria, NotificationType::FavoriteCourtAlert)).await;
    deliver_all(&world).await;
    assert_eq!(mails(&world, maria).await.len(), 3, "looking changed nothing");

    for _ in 0..2 {
        let done = world.post(path).form("List-Unsubscribe=One-Click").text_of("text/html; charset=utf-8").await;
        assert!(done.contains("Έγινε"), "{done}");
    }
    let before = pushes(&world, "maria").await.len();
    ask(&world, &request(maria, NotificationType::FavoriteCourtAlert)).await;
    ask(&world, &request(maria, NotificationType::RefundCompleted)).await;
    deliver_all(&world).await;
    assert_eq!((mails(&world, maria).await.len(), pushes(&world, "maria").await.len()), (4, before + 1));
}

/// NOTE-13: a link that was not made here says nothing about anybody and stops nothing, on a page in the browser's language.
#[tokio::test]
async fn forged_links_do_nothing() {
    let world = World::new().await;
    let (maria, _) = greek_customer(&world, "maria").await;
    for token in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let path = format!("/api/notifications/unsubscribe?token={token}");
        world.get(&path).send().await.refused(404, "NOTIFICATION_NOT_FOUND");
        world.post(&path).send().await.refused(404, "NOTIFICATION_NOT_FOUND");
        for (language, words) in [("el-GR,el;q=0.9", "Ο σύνδεσμος δεν ισχύει"), ("fr", "This link is not valid")]
        {
            for call in [world.get(&path), world.post(&path)] {
                let call = call.header("accept", "text/html,application/xml;q=0.9,*/*;q=0.8");
                let (status, page) = call.header("accept-language", language).page().await;
                assert_eq!(status, StatusCode::NOT_FOUND);
                assert!(page.contains(words) && !page.contains("<form"), "{page}");
            }
        }
    }
    assert_eq!(world.get("/api/notifications/unsubscribe").send().await.status, StatusCode::BAD_REQUEST);
    ask(&world, &request(maria, NotificationType::FavoriteCourtAlert)).await;
    deliver_all(&world).await;
    assert_eq!(stands(&world, maria, Channel::Push).await.0, "SENT");
}
