/** The person's own page. */
@NullMarked
package dev.monban.server.account.page;

import org.jspecify.annotations.NullMarked;
