/** The sign-in page. */
@NullMarked
package dev.monban.server.login.page;

import org.jspecify.annotations.NullMarked;
