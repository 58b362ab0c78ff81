/** The OpenID Provider: clients, grants, tokens, and what a request needs next. */
@NullMarked
package dev.monban.server.oidc;

import org.jspecify.annotations.NullMarked;
