package dev.monban.server.platform;

/** Says to a person or to a program why a request is not answered as asked. */
@FunctionalInterface
public interface Refusals {

    /** To programs, as a problem detail (RFC 9457). */
    Refusals TO_PROGRAMS = (request, problem) -> problem.asReply();

    /** The answer to this request; its status is that of the problem. */
    Reply refuse(Request request, Problem problem);
}
