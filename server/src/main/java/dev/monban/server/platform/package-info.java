/**
 * What every feature may use and which uses none of them: database, ids, time, chance, secrets,
 * requests and replies, pages, problems.
 */
@NullMarked
package dev.monban.server.platform;

import org.jspecify.annotations.NullMarked;
