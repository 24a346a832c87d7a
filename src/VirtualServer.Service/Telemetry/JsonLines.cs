using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// Each log entry as one line of JSON: time in UTC, level, category, event, message, the ids of trace and span, the values in the message,
/// those of the scopes, and an exception. The formatter of .NET repeats the message, and hides the trace id in a list of scopes.
/// </summary>
public sealed class JsonLines() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "virtualserver-json";

    private const string Template = "{OriginalFormat}";

    // The log is no HTML: quotes and umlauts stay readable. Control characters are escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", logEntry.LogLevel.ToString());
            json.WriteString("category", logEntry.Category);
            if (logEntry.EventId.Name is { } name) json.WriteString("event", name);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (Activity.Current is { } activity)
            {
                json.WriteString("trace_id", activity.TraceId.ToHexString());
                json.WriteString("span_id", activity.SpanId.ToHexString());
            }

            WriteValues(json, "values", logEntry.State as IEnumerable<KeyValuePair<string, object?>> ?? []);
            var scopes = new List<KeyValuePair<string, object?>>();
            scopeProvider?.ForEachScope(
                (scope, all) => all.AddRange(scope as IEnumerable<KeyValuePair<string, object?>> ?? []), scopes);
            WriteValues(json, "scope", scopes);
            if (logEntry.Exception is { } exception) json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    // An inner scope may repeat a name.
    private static void WriteValues(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, object?>> pairs)
    {
        var values = pairs.Where(pair => pair.Key != Template).GroupBy(pair => pair.Key).Select(same => same.Last()).ToList();
        if (values.Count == 0) return;
        json.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            json.WritePropertyName(key);
            switch (value)
            {
                case null: json.WriteNullValue(); break;
                case bool truth: json.WriteBooleanValue(truth); break;
                case int number: json.WriteNumberValue(number); break;
                case long number: json.WriteNumberValue(number); break;
                default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            }
        }

        json.WriteEndObject();
    }
}
