//! Routes, and what they say of themselves for the API's description.

use crate::Api;
use crate::openapi::{self, About};
use aide::axum::ApiRouter;
use aide::axum::routing::{ApiMethodRouter, delete_with, get_with, post_with, put_with};
use aide::operation::OperationHandler;
use aide::{OperationInput, OperationOutput};
use axum::handler::Handler;

/// Routes and what they say of themselves, group by group.
pub(crate) struct Routes {
    pub(crate) router: ApiRouter<Api>,
    group: &'static str,
}

impl Routes {
    pub(super) fn group(group: &'static str) -> Self {
        Self { router: ApiRouter::new(), group }
    }

    /// The routes after this are of another group.
    pub(super) fn next(self, group: &'static str) -> Self {
        Self { group, ..self }
    }

    fn on(self, path: &'static str, route: ApiMethodRouter<Api>) -> Self {
        Self { router: self.router.api_route(path, route), ..self }
    }
}

/// One function a method: the handler's types tell the rest.
macro_rules! methods {
    ($($method:ident: $route:ident),*) => {
        impl Routes {$(
            pub(super) fn $method<H, I, O, T>(self, path: &'static str, handler: H, about: About) -> Self
            where
                H: Handler<T, Api> + OperationHandler<I, O>,
                I: OperationInput,
                O: OperationOutput,
                T: 'static,
            {
                let group = self.group;
                let route = $route(handler, |mut operation| {
                    openapi::tell(operation.inner_mut(), group, &about, std::any::type_name::<H>());
                    operation
                });
                self.on(path, route)
            }
        )*}
    };
}
methods!(get: get_with, post: post_with, put: put_with, delete: delete_with);
