//! Page tokens: MLflow's, base64 of `{"offset": N}`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::server::mlflow::failure::Failure;

/// Returns the token of the page that begins at `offset`.
pub(super) fn token(offset: usize) -> String {
    STANDARD.encode(format!("{{\"offset\": {offset}}}"))
}

/// Returns where the page of a token begins; the first page has none.
pub(super) fn offset(token: Option<&str>) -> Result<usize, Failure> {
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(0) };
    let bytes = STANDARD
        .decode(token)
        .map_err(|_| Failure::invalid("Invalid page token, could not base64-decode"))?;
    let shown: String = String::from_utf8_lossy(&bytes).chars().take(120).collect();
    let parsed: Value = serde_json::from_slice(&bytes)
        .map_err(|_| Failure::invalid(format!("Invalid page token, decoded value={shown}")))?;
    let offset = parsed.get("offset").and_then(|offset| match offset {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    });
    match offset.and_then(|offset| usize::try_from(offset).ok()) {
        Some(offset) if offset > 0 => Ok(offset),
        _ => Err(Failure::invalid(format!("Invalid page token, parsed value={shown}"))),
    }
}

/// Checks how many results one page may have.
pub(super) fn size(wanted: i64, most: i64) -> Result<usize, Failure> {
    let wrong = |what: String| {
        Err(Failure::invalid(format!(
            "Invalid value {wanted} for parameter 'max_results' supplied. It must be {what}"
        )))
    };
    match wanted {
        _ if wanted < 1 => wrong("a positive integer".to_owned()),
        _ if wanted > most => wrong(format!("at most {most}")),
        _ => Ok(wanted as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h13_a_token_reads_back_and_a_forged_one_is_refused() {
        assert_eq!(offset(Some(&token(25_000))).unwrap(), 25_000);
        assert_eq!((offset(None).unwrap(), offset(Some("")).unwrap()), (0, 0));
        let encode = |text: &str| STANDARD.encode(text);
        for forged in [
            "!",
            "AAAA",
            &encode("{}"),
            &encode("[1]"),
            &encode("{\"offset\": -1}"),
            &encode("{\"offset\": \"x\"}"),
            &encode("{\"offset\": 1e300}"),
        ] {
            assert!(offset(Some(forged)).is_err(), "{forged}");
        }
    }
}
