/**
 * Passwords at rest: Argon2id over NFKC, at most one hash a core at once, a bounded queue before
 * it. Knows passwords and hashes; does not know whose they are.
 */
@NullMarked
package dev.monban.server.password;

import org.jspecify.annotations.NullMarked;
