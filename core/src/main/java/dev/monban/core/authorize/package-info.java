/**
 * What an authorization request needs next. {@link dev.monban.core.authorize.Authorization#next} is
 * the only place that decides it; pages and endpoints carry the answer out and come back.
 */
@NullMarked
package dev.monban.core.authorize;

import org.jspecify.annotations.NullMarked;
