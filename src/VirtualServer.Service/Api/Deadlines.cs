using System.Globalization;
using Grpc.Core;
using VirtualServers.Domain;

namespace VirtualServers.Service.Api;

/// <summary>
/// The longest deadline of a call. A call without a deadline, or with a longer one, gets that of the service, as if its caller had sent
/// it: gRPC ends the call with DEADLINE_EXCEEDED. A stream has no deadline of the service, because it lasts as long as its caller has
/// something to send or to read.
/// </summary>
public static class Deadlines
{
    private const string Header = "grpc-timeout";
    private const int MaxDigits = 8;

    /// <summary>Shortens the deadline of a call that is no stream.</summary>
    public static void Cap(HttpRequest request, IMethod? method, TimeSpan longest)
    {
        if (method is not { Type: MethodType.Unary } || Read(request.Headers[Header].ToString()) <= longest) return;
        request.Headers[Header] = string.Create(CultureInfo.InvariantCulture, $"{(long)longest.TotalMilliseconds}m");
    }

    /// <summary>
    /// The violation of a deadline that cannot be read; null for none. gRPC would ignore it, and the caller would wait longer than it
    /// wants to.
    /// </summary>
    public static Violation? Malformed(HttpRequest request) =>
        request.Headers[Header] is not { Count: > 0 } sent || Read(sent.ToString()) is not null ? null : new(
            Reason.FieldInvalid, Header,
            $"metadata {Header} {sent.ToString().InQuotes} is not a deadline: write up to {MaxDigits} digits and a unit, like 5S or 300m");

    // Digits and a unit: "30S". Null for anything else.
    private static TimeSpan? Read(string text)
    {
        if (text.Length is < 2 or > MaxDigits + 1) return null;
        if (!int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return null;
        return text[^1] switch
        {
            'H' => TimeSpan.FromHours(count),
            'M' => TimeSpan.FromMinutes(count),
            'S' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMilliseconds(count),
            'u' => TimeSpan.FromMicroseconds(count),
            'n' => TimeSpan.FromTicks(count / TimeSpan.NanosecondsPerTick),
            _ => null,
        };
    }
}
