/** What people do on their own page, besides what has a room of its own. */
@NullMarked
package dev.monban.server.home;

import org.jspecify.annotations.NullMarked;
