/** The rows of proofs that are asked for. */
@NullMarked
package dev.monban.server.login.store;

import org.jspecify.annotations.NullMarked;
