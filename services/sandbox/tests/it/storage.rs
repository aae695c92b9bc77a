//! S3: objects in and out with signed addresses.

use aws_lc_rs::{digest, hmac};
use reqwest::{Method, StatusCode};

use crate::bench::{Answer, Bench};

fn escaped(text: &str, keep_slashes: bool) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            b'/' if keep_slashes => "/".to_owned(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn mac(key: &[u8], message: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes()).as_ref().to_vec()
}

/// Presigns as an S3 client does, written apart from the sandbox's own check.
fn presigned(bench: &Bench, method: &Method, path: &str, seconds: i64, more: &[(&str, &str)]) -> String {
    let config = &bench.config.s3;
    let now = jiff::Timestamp::from_second(bench.now()).expect("an instant");
    let (date, time) = (now.strftime("%Y%m%d").to_string(), now.strftime("%Y%m%dT%H%M%SZ").to_string());
    let scope = format!("{date}/{}/s3/aws4_request", config.region);
    let credential = format!("{}/{scope}", config.access_key_id);
    let lifetime = seconds.to_string();
    let mut query = vec![
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", credential.as_str()),
        ("X-Amz-Date", time.as_str()),
        ("X-Amz-Expires", lifetime.as_str()),
        ("X-Amz-SignedHeaders", "host"),
    ];
    query.extend_from_slice(more);
    query.sort_unstable();
    let query: Vec<String> =
        query.iter().map(|(name, value)| format!("{}={}", escaped(name, false), escaped(value, false))).collect();
    let query = query.join("&");
    let base = url::Url::parse(&bench.base).expect("an address");
    let host = format!("{}:{}", base.host_str().expect("a host"), base.port().expect("a port"));
    let path = escaped(&format!("/sandbox/s3/{path}"), true);
    let request = format!("{method}\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD");
    let hashed = hex::encode(digest::digest(&digest::SHA256, request.as_bytes()));
    let key = mac(format!("AWS4{}", config.secret_access_key).as_bytes(), &date);
    let key = mac(&mac(&mac(&key, &config.region), "s3"), "aws4_request");
    let signature = hex::encode(mac(&key, &format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashed}")));
    format!("http://{host}{path}?{query}&X-Amz-Signature={signature}")
}

async fn ask(bench: &Bench, method: Method, url: &str, body: &'static str) -> Answer {
    bench
        .send(
            bench
                .client
                .request(method, url)
                .header("content-type", "image/webp")
                .header("cache-control", "max-age=60")
                .body(body),
        )
        .await
}

/// An object comes back as it went in, with its type and tag, until it is removed.
#[tokio::test]
async fn objects_go_in_and_out() {
    let bench = Bench::start().await;
    let path = "court-images/courts/γήπεδο 1/cover+&.webp";
    let put = ask(&bench, Method::PUT, &presigned(&bench, &Method::PUT, path, 60, &[]), "picture").await;
    assert_eq!(put.status, StatusCode::OK, "{}", put.body);
    let get = ask(&bench, Method::GET, &presigned(&bench, &Method::GET, path, 60, &[]), "").await;
    assert_eq!((get.status, get.body.as_str()), (StatusCode::OK, Some("picture")));
    assert_eq!(
        (&get.headers["content-type"], &get.headers["etag"], &get.headers["cache-control"]),
        (&"image/webp".parse().expect("a header"), &put.headers["etag"], &"max-age=60".parse().expect("a header"))
    );
    let head = ask(&bench, Method::HEAD, &presigned(&bench, &Method::HEAD, path, 60, &[]), "").await;
    assert_eq!((head.status, &head.headers["content-length"]), (StatusCode::OK, &"7".parse().expect("a header")));
    let list = ask(
        &bench,
        Method::GET,
        &presigned(&bench, &Method::GET, "court-images", 60, &[("list-type", "2"), ("prefix", "courts/")]),
        "",
    )
    .await;
    assert!(
        list.body.as_str().is_some_and(|xml| xml.contains("<KeyCount>1</KeyCount>") && xml.contains("<Size>7</Size>")),
        "{}",
        list.body
    );
    assert_eq!(
        ask(&bench, Method::DELETE, &presigned(&bench, &Method::DELETE, path, 60, &[]), "").await.status,
        StatusCode::NO_CONTENT
    );
    let gone = ask(&bench, Method::GET, &presigned(&bench, &Method::GET, path, 60, &[]), "").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.body.as_str().is_some_and(|xml| xml.contains("<Code>NoSuchKey</Code>")), "{}", gone.body);
}

/// A signed address ends with its time and fits only what it was made for.
#[tokio::test]
async fn signed_addresses_expire_and_fit_one_request() {
    let bench = Bench::start().await;
    let put = presigned(&bench, &Method::PUT, "private-files/a.txt", 60, &[]);
    assert_eq!(ask(&bench, Method::PUT, &put, "a").await.status, StatusCode::OK);
    let get = presigned(&bench, &Method::GET, "private-files/a.txt", 60, &[]);
    assert_eq!(ask(&bench, Method::GET, &get, "").await.status, StatusCode::OK);
    assert_eq!(ask(&bench, Method::GET, &put, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&bench, Method::GET, &get.replace("a.txt", "b.txt"), "").await.status, StatusCode::FORBIDDEN);
    bench.clock.advance(jiff::SignedDuration::from_secs(61));
    let late = ask(&bench, Method::GET, &get, "").await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
    assert!(late.body.as_str().is_some_and(|xml| xml.contains("Request has expired")), "{}", late.body);
    let forever =
        ask(&bench, Method::GET, &presigned(&bench, &Method::GET, "private-files/a.txt", 8 * 24 * 3600, &[]), "").await;
    assert_eq!(forever.status, StatusCode::BAD_REQUEST);
}

/// Without a signature only public buckets can be read, and nothing written.
#[tokio::test]
async fn strangers_read_public_buckets_only() {
    let bench = Bench::start().await;
    for bucket in ["courtside-public", "private-files"] {
        ask(&bench, Method::PUT, &presigned(&bench, &Method::PUT, &format!("{bucket}/a.txt"), 60, &[]), "a").await;
    }
    let public = bench.get("/s3/courtside-public/a.txt").await;
    assert_eq!((public.status, public.body.as_str()), (StatusCode::OK, Some("a")));
    assert_eq!(public.headers["x-content-type-options"], "nosniff");
    let unchanged = bench
        .send(
            bench.client.get(bench.url("/s3/courtside-public/a.txt")).header("if-none-match", &public.headers["etag"]),
        )
        .await;
    assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);
    assert_eq!(bench.get("/s3/private-files/a.txt").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        ask(&bench, Method::PUT, &bench.url("/s3/courtside-public/b.txt"), "b").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(bench.get("/s3/UPPER/a.txt").await.status, StatusCode::BAD_REQUEST);
}
