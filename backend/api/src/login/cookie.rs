//! The session's cookie: out of reach of scripts, sent to this server alone and by its own pages.

use crate::ApiSettings;
use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// With the prefix browsers keep it to this host and to https; without https there is no such promise.
const SECURE_NAME: &str = "__Host-vigia";
const PLAIN_NAME: &str = "vigia";

fn name(settings: &ApiSettings) -> &'static str {
    if settings.secure_cookies { SECURE_NAME } else { PLAIN_NAME }
}

/// Hands the token to a browser.
pub(crate) fn set_cookie(settings: &ApiSettings, token: &str, lasting: Duration) -> Option<HeaderValue> {
    cookie(settings, token, lasting.as_secs())
}

/// Takes it back.
pub(crate) fn clear_cookie(settings: &ApiSettings) -> Option<HeaderValue> {
    cookie(settings, "", 0)
}

fn cookie(settings: &ApiSettings, value: &str, max_age_s: u64) -> Option<HeaderValue> {
    let secure = if settings.secure_cookies { "; Secure" } else { "" };
    let text =
        format!("{}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}", name(settings));
    HeaderValue::from_str(&text).ok()
}

/// The token a browser sends.
pub(super) fn read_cookie<'a>(settings: &ApiSettings, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = name(settings);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_comes_back() {
        for secure_cookies in [false, true] {
            let settings = ApiSettings { secure_cookies, ..ApiSettings::default() };
            let set = set_cookie(&settings, "vgs_x", Duration::from_mins(1)).unwrap();
            let text = set.to_str().unwrap();
            assert!(text.contains("Path=/; Max-Age=60; HttpOnly; SameSite=Lax"), "{text}");
            assert_eq!(text.contains("; Secure") && text.starts_with("__Host-"), secure_cookies, "{text}");
            let mut headers = HeaderMap::new();
            let cookies = format!("a=b; {}; c=d", text.split(';').next().unwrap());
            headers.insert(header::COOKIE, HeaderValue::from_str(&cookies).unwrap());
            assert_eq!(read_cookie(&settings, &headers), Some("vgs_x"));
            assert!(clear_cookie(&settings).unwrap().to_str().unwrap().contains("Max-Age=0"));
        }
    }
}
