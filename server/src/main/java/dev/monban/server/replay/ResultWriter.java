package dev.monban.server.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.monban.core.trouble.Explanation;
import dev.monban.core.trouble.Trouble;
import dev.monban.core.watch.Finding;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Verdict;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes {@code verdicts.ndjson} and {@code findings.ndjson}. */
final class ResultWriter implements Closeable {

    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator verdicts;
    private final JsonGenerator findings;

    ResultWriter(Path folder) throws IOException {
        Files.createDirectories(folder);
        this.verdicts = lines(folder.resolve("verdicts.ndjson"));
        this.findings = lines(folder.resolve("findings.ndjson"));
    }

    private static JsonGenerator lines(Path file) throws IOException {
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        JsonGenerator lines = JSON.createGenerator(out);
        lines.setRootValueSeparator(null);
        return lines;
    }

    void verdict(String attempt, Verdict verdict) throws IOException {
        verdicts.writeStartObject();
        verdicts.writeStringField("attempt", attempt);
        verdicts.writeStringField("verdict", verdict.action().code());
        verdicts.writeArrayFieldStart("reasons");
        for (Reason reason : verdict.reasons()) {
            verdicts.writeString(reason.code());
        }
        verdicts.writeEndArray();
        verdicts.writeEndObject();
        verdicts.writeRaw('\n');
    }

    void finding(Finding finding) throws IOException {
        findings.writeStartObject();
        findings.writeStringField("at", finding.at().toString());
        findings.writeStringField("kind", finding.kind().code());
        findings.writeArrayFieldStart("attempts");
        for (String id : finding.attempts()) {
            findings.writeString(id);
        }
        findings.writeEndArray();
        if (finding.tenant() != null) {
            findings.writeStringField("tenant", finding.tenant());
        }
        if (finding.account() != null) {
            findings.writeStringField("account", finding.account());
        }
        findings.writeStringField("explanation", finding.explanation());
        findings.writeEndObject();
        findings.writeRaw('\n');
    }

    void trouble(Trouble trouble) throws IOException {
        findings.writeStartObject();
        findings.writeStringField("at", trouble.at().toString());
        findings.writeStringField(
                "kind",
                switch (trouble) {
                    case Trouble.Stuck stuck -> "stuck_person";
                    case Trouble.Automation program -> "stale_automation";
                    case Trouble.Outage outage -> "tenant_outage";
                });
        findings.writeArrayFieldStart("attempts");
        for (String id : trouble.attempts()) {
            findings.writeString(id);
        }
        findings.writeEndArray();
        if (trouble.tenant() != null) {
            findings.writeStringField("tenant", trouble.tenant());
        }
        if (trouble instanceof Trouble.Stuck stuck) {
            if (stuck.account() != null) {
                findings.writeStringField("account", stuck.account());
            }
            findings.writeStringField("cause", stuck.cause().code());
        }
        if (trouble instanceof Trouble.Automation program && program.account() != null) {
            findings.writeStringField("account", program.account());
        }
        findings.writeStringField("explanation", Explanation.of(trouble));
        findings.writeEndObject();
        findings.writeRaw('\n');
    }

    @Override
    public void close() throws IOException {
        verdicts.close();
        findings.close();
    }
}
