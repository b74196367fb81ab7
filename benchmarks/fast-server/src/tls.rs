//! TLS with a certificate made at the start, which no file ever holds the key of.

use crate::connection::Wire;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::net::TcpStream;
use std::sync::Arc;

#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

impl Tls {
    /// The certificate, as PEM, goes to a file: clients trust it as their authority.
    pub fn new(certificate_file: &str) -> Tls {
        let names = vec!["127.0.0.1".to_string(), "localhost".to_string()];
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        std::fs::write(certificate_file, made.cert.pem()).expect("the file of the certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.key_pair.serialize_der()));
        let chain = vec![made.cert.der().clone()];
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).expect("a configuration");
        Tls(Arc::new(config))
    }

    pub fn over(&self, stream: TcpStream) -> Box<dyn Wire> {
        let mut connection = ServerConnection::new(self.0.clone()).expect("a connection");
        connection.set_buffer_limit(Some(256 * 1024));
        Box::new(StreamOwned::new(connection, stream))
    }
}

impl Wire for StreamOwned<ServerConnection, TcpStream> {
    fn is_holding_back(&mut self) -> bool {
        while self.conn.wants_write() {
            if self.conn.write_tls(&mut self.sock).is_err() {
                return true;
            }
        }
        false
    }
    fn is_layered(&self) -> bool {
        true
    }
}
