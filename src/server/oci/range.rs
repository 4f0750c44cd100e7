//! Which parts of a blob are asked for.

use axum::http::{HeaderMap, header};

/// More parts at once are answered with the whole.
const MOST: usize = 1024;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Whole,
    /// From the first to before the second, each.
    Parts(Vec<(u64, u64)>),
    /// All lie behind the end.
    Beyond,
}

/// Reads the range; what is none means the whole blob, as HTTP allows.
pub(super) fn of(headers: &HeaderMap, tag: &str, size: u64) -> Asked {
    if headers.get(header::IF_RANGE).is_some_and(|known| known != tag) {
        return Asked::Whole;
    }
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some(range) = range.and_then(|range| range.trim().strip_prefix("bytes=")) else {
        return Asked::Whole;
    };
    let all: Vec<&str> = range.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
    if all.is_empty() || all.len() > MOST {
        return Asked::Whole;
    }
    let mut parts = vec![];
    for one in all {
        match part(one, size) {
            None => return Asked::Whole,
            Some(part) => parts.extend(part),
        }
    }
    // Parts that overlap would let few bytes of a request ask for many of an answer.
    let sum: u64 = parts.iter().map(|(start, end)| end - start).sum();
    match parts.is_empty() {
        true => Asked::Beyond,
        false if sum > size => Asked::Whole,
        false => Asked::Parts(parts),
    }
}

/// Nothing where it is no range; nothing inside where it lies behind the end.
fn part(text: &str, size: u64) -> Option<Option<(u64, u64)>> {
    let (first, last) = text.split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
        // More digits than fit are beyond every blob.
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (first, last) {
        ("", "") => None,
        ("", length) => {
            let length: u64 = number(length)?;
            Some((length > 0 && size > 0).then(|| (size.saturating_sub(length), size)))
        }
        (first, "") => {
            let first = number(first)?;
            Some((first < size).then_some((first, size)))
        }
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return None;
            }
            Some((first < size).then(|| (first, size.min(last.saturating_add(1)))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_says() {
        for (text, asked) in [
            ("bytes=0-9", Asked::Parts(vec![(0, 10)])),
            ("bytes=5-", Asked::Parts(vec![(5, 100)])),
            ("bytes=-5", Asked::Parts(vec![(95, 100)])),
            ("bytes=90-200", Asked::Parts(vec![(90, 100)])),
            ("bytes=0-1, 5-6,200-", Asked::Parts(vec![(0, 2), (5, 7)])),
            ("bytes=100-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=0-99,0-99", Asked::Whole),
            ("bytes=9-5", Asked::Whole),
            ("bytes=x-", Asked::Whole),
            ("bytes=", Asked::Whole),
            ("lines=0-1", Asked::Whole),
        ] {
            let headers = [(header::RANGE, text.parse().unwrap())].into_iter().collect();
            assert_eq!(of(&headers, "\"t\"", 100), asked, "{text}");
        }
    }
}
