//! Where a request comes from: the peer, or who a trusted proxy says it is.

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Proxies whose word on a client's address is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A text that is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an IP address nor a network such as 10.0.0.0/8")]
pub struct NoNetwork(String);

impl TrustedProxies {
    /// Reads addresses and networks.
    ///
    /// # Errors
    /// At the first that is neither.
    pub fn read(texts: &[String]) -> Result<Self, NoNetwork> {
        let network = |text: &String| {
            let alone = || IpAddr::from_str(text).map(IpNet::from);
            IpNet::from_str(text).ok().or_else(|| alone().ok()).ok_or_else(|| NoNetwork(text.clone()))
        };
        texts.iter().map(network).collect::<Result<_, _>>().map(Self)
    }

    /// Whether nobody's word is taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The address of the client. From the right, each proxy that is trusted names the one before; the first that is not
/// trusted is the client, whatever stands before it, for anybody can write that.
pub(crate) fn client_address(
    proxies: &TrustedProxies,
    extensions: &Extensions,
    headers: &HeaderMap,
) -> IpAddr {
    let peer = peer(extensions);
    let forwarded: Vec<IpAddr> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map_while(|text| text.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .collect();
    let mut client = peer;
    for address in forwarded.into_iter().rev() {
        if !proxies.trusts(client) {
            break;
        }
        client = address;
    }
    client
}

/// Whether it was a trusted proxy that handed the request on.
pub(crate) fn comes_from_a_proxy(proxies: &TrustedProxies, extensions: &Extensions) -> bool {
    proxies.trusts(peer(extensions))
}

fn peer(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| peer.ip().to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = TrustedProxies::read(&["127.0.0.1".to_owned(), "10.0.0.0/8".to_owned()]).unwrap();
        for (peer, forwarded, client) in [
            ("203.0.113.5", "", "203.0.113.5"),
            ("203.0.113.5", "1.2.3.4", "203.0.113.5"),
            ("127.0.0.1", "203.0.113.5", "203.0.113.5"),
            ("127.0.0.1", "6.6.6.6, 203.0.113.5", "203.0.113.5"),
            ("127.0.0.1", "6.6.6.6, 203.0.113.5, 10.1.2.3", "203.0.113.5"),
            ("::ffff:127.0.0.1", "2001:db8::1", "2001:db8::1"),
            ("127.0.0.1", "nonsense", "127.0.0.1"),
            ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ] {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert(FORWARDED_FOR, HeaderValue::from_str(forwarded).unwrap());
            }
            let found = client_address(&proxies, &extensions, &headers);
            assert_eq!(found.to_string(), client, "{peer} {forwarded}");
        }
        assert!(TrustedProxies::read(&["nginx".to_owned()]).is_err());
    }
}
