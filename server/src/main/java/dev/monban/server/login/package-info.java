/** Signing in: gather what is known, check the password, decide, carry out. */
@NullMarked
package dev.monban.server.login;

import org.jspecify.annotations.NullMarked;
