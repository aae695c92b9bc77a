//! The layers around every router.

use axum::Router;

use super::HttpConfig;
use crate::service::Env;

/// All layers; applied once on the outermost router.
pub fn chassis(router: Router, config: &HttpConfig, env: &Env) -> Router {
    let _ = (config, env);
    router
}
