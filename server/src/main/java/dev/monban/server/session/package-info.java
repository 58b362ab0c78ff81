/** Who is signed in on which browser: opaque cookies, hashed at rest. */
@NullMarked
package dev.monban.server.session;

import org.jspecify.annotations.NullMarked;
