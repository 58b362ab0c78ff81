/** The rows of clients, grants, keys and what else the provider keeps. */
@NullMarked
package dev.monban.server.oidc.store;

import org.jspecify.annotations.NullMarked;
