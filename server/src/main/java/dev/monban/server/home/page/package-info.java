/** The person's own page. */
@NullMarked
package dev.monban.server.home.page;

import org.jspecify.annotations.NullMarked;
