//! OpenWeatherMap: steady, plausible, and settable.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::bench::Bench;

const ATHENS: &str = "lat=37.98&lon=23.73&units=metric&appid=courtside-sandbox";

async fn day(bench: &Bench, place: &str, date: &str) -> Vec<Value> {
    let forecast = bench.get(&format!("/openweathermap/data/2.5/forecast?{place}")).await.body;
    let steps = forecast["list"].as_array().expect("a list");
    steps.iter().filter(|step| step["dt_txt"].as_str().is_some_and(|text| text.starts_with(date))).cloned().collect()
}

/// The same question has the same answer; units and ranges are as documented.
#[tokio::test]
async fn the_forecast_is_steady_and_plausible() {
    let bench = Bench::start().await;
    let first = bench.get(&format!("/openweathermap/data/2.5/forecast?{ATHENS}")).await.body;
    assert_eq!(first, bench.get(&format!("/openweathermap/data/2.5/forecast?{ATHENS}")).await.body);
    let steps = first["list"].as_array().expect("a list");
    assert_eq!((steps.len(), &first["list"][0]["dt_txt"]), (40, &json!("2026-11-20 12:00:00")));
    for step in steps {
        let (temperature, rain, wind) =
            (step["main"]["temp"].as_f64(), step["pop"].as_f64(), step["wind"]["speed"].as_f64());
        assert!(
            temperature.is_some_and(|value| (-10.0..35.0).contains(&value))
                && rain.is_some_and(|value| (0.0..=1.0).contains(&value))
                && wind.is_some_and(|value| (0.0..20.0).contains(&value)),
            "{step}"
        );
    }
    let kelvin = bench.get("/openweathermap/data/2.5/forecast?lat=37.98&lon=23.73&appid=courtside-sandbox").await.body;
    let difference = kelvin["list"][0]["main"]["temp"].as_f64().expect("a number")
        - first["list"][0]["main"]["temp"].as_f64().expect("a number");
    assert!((difference - 273.15).abs() < 0.02);
    let one_call = bench.get(&format!("/openweathermap/data/3.0/onecall?{ATHENS}&exclude=minutely,current")).await.body;
    assert_eq!(
        (one_call["hourly"].as_array().map(Vec::len), one_call["daily"].as_array().map(Vec::len)),
        (Some(48), Some(8))
    );
    assert!(one_call.get("current").is_none());
}

/// A set day holds for its place and date only.
#[tokio::test]
async fn a_set_forecast_holds_for_its_place_and_day() {
    let bench = Bench::start().await;
    let natural = day(&bench, ATHENS, "2026-11-22").await;
    let rain = json!({ "latitude": 38.0, "longitude": 23.7, "date": "2026-11-22", "temperature": 9.5, "precipitationProbability": 90, "windSpeedKmh": 54.0 });
    assert_eq!(bench.post_json("/weather", &rain).await.status, StatusCode::CREATED);
    let steps = day(&bench, ATHENS, "2026-11-22").await;
    let noon = steps.iter().find(|step| step["dt_txt"] == "2026-11-22 12:00:00").expect("noon");
    assert_eq!(
        (&noon["main"]["temp"], &noon["pop"], &noon["wind"]["speed"], &noon["weather"][0]["main"]),
        (&json!(9.5), &json!(0.9), &json!(15.0), &json!("Rain"))
    );
    let thessaloniki = "lat=40.64&lon=22.94&units=metric&appid=courtside-sandbox";
    assert!(day(&bench, thessaloniki, "2026-11-22").await.iter().all(|step| step["main"]["temp"] != json!(9.5)));
    bench.send(bench.client.delete(bench.url("/weather"))).await;
    assert_eq!(day(&bench, ATHENS, "2026-11-22").await, natural);
}

/// Wrong questions are refused in the vendor's shape; the vendor can be down.
#[tokio::test]
async fn wrong_questions_and_failures_have_the_vendors_shape() {
    let bench = Bench::start().await;
    assert_eq!(
        bench.get("/openweathermap/data/2.5/forecast?lat=1&lon=1&appid=x").await.status,
        StatusCode::UNAUTHORIZED
    );
    let wrong = bench.get("/openweathermap/data/2.5/forecast?lat=91&lon=1&appid=courtside-sandbox").await;
    assert_eq!((wrong.status, &wrong.body["message"]), (StatusCode::BAD_REQUEST, &json!("wrong latitude")));
    let refused = bench
        .post_json(
            "/weather",
            &json!({ "latitude": 38, "longitude": 23, "date": "2026-11-22", "precipitationProbability": 101 }),
        )
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    bench.post_json("/chaos", &json!({ "vendor": "openweathermap", "action": "fail", "status": 502 })).await;
    let down = bench.get(&format!("/openweathermap/data/2.5/forecast?{ATHENS}")).await;
    assert_eq!((down.status, &down.body["cod"]), (StatusCode::BAD_GATEWAY, &json!(502)));
    assert_eq!(bench.get(&format!("/openweathermap/data/2.5/forecast?{ATHENS}")).await.status, StatusCode::OK);
}

const KEYED: &str = "key=courtside-sandbox";

/// WeatherAPI.com foretells the same weather as OpenWeatherMap, in a dialect of its own.
#[tokio::test]
async fn both_vendors_agree() {
    let bench = Bench::start().await;
    let rain = json!({ "latitude": 38.0, "longitude": 23.7, "date": "2026-11-22", "temperature": 9.5, "precipitationProbability": 90, "windSpeedKmh": 54.0 });
    assert_eq!(bench.post_json("/weather", &rain).await.status, StatusCode::CREATED);
    let answer = bench.get(&format!("/weatherapi/v1/forecast.json?{KEYED}&q=37.98,23.73&days=8")).await.body;
    let days = answer["forecast"]["forecastday"].as_array().expect("days");
    assert_eq!(
        (days.len(), &days[0]["date"], &answer["location"]["tz_id"]),
        (8, &json!("2026-11-20"), &json!("Europe/Athens"))
    );
    assert!(days.iter().all(|day| day["hour"].as_array().is_some_and(|hours| hours.len() == 24)));
    let noon = &days[2]["hour"][12];
    assert_eq!(
        (&noon["temp_c"], &noon["chance_of_rain"], &noon["wind_kph"], &noon["condition"]["code"]),
        (&json!(9.5), &json!(90.0), &json!(54.0), &json!(1189))
    );
    let other = day(&bench, ATHENS, "2026-11-23").await;
    let same = other.iter().find(|step| step["dt_txt"] == "2026-11-23 12:00:00").expect("noon in UTC");
    let there = days[3]["hour"]
        .as_array()
        .expect("hours")
        .iter()
        .find(|hour| hour["time_epoch"] == same["dt"])
        .expect("the hour");
    assert_eq!(same["main"]["temp"], there["temp_c"]);
}

/// Wrong questions are refused in its own shape, and it can be down by itself.
#[tokio::test]
async fn the_second_vendor_refuses_in_its_own_shape() {
    let bench = Bench::start().await;
    for (query, status, code) in [
        ("q=37.98,23.73", StatusCode::UNAUTHORIZED, 1002),
        ("key=x&q=37.98,23.73", StatusCode::UNAUTHORIZED, 2006),
        ("key=courtside-sandbox&q=Atlantis", StatusCode::BAD_REQUEST, 1006),
        ("key=courtside-sandbox", StatusCode::BAD_REQUEST, 1006),
    ] {
        let refused = bench.get(&format!("/weatherapi/v1/forecast.json?{query}")).await;
        assert_eq!((refused.status, &refused.body["error"]["code"]), (status, &json!(code)), "{query}");
    }
    bench.post_json("/chaos", &json!({ "vendor": "weatherapi", "action": "fail" })).await;
    let down = bench.get(&format!("/weatherapi/v1/forecast.json?{KEYED}&q=1,1")).await;
    assert_eq!((down.status, &down.body["error"]["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!(9999)));
    assert_eq!(bench.get(&format!("/openweathermap/data/2.5/forecast?{ATHENS}")).await.status, StatusCode::OK);
}
