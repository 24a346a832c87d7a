using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>An answer of HTTP.</summary>
internal sealed record CurlAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The body as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The reason of the ErrorInfo.</summary>
    public string? Reason => (string?)Detail("ErrorInfo")?["reason"];

    /// <summary>The paths of the fields that the BadRequest names.</summary>
    public IEnumerable<string?> Fields =>
        (Detail("BadRequest")?["fieldViolations"]?.AsArray() ?? []).Select(named => (string?)named!["field"]);

    /// <summary>The message of the status.</summary>
    public string Message => (string?)Json["message"] ?? "";

    /// <summary>A detail of the status by the name of its type.</summary>
    public JsonNode? Detail(string type) =>
        Json["details"]?.AsArray().FirstOrDefault(detail => (string?)detail!["@type"] == $"type.googleapis.com/google.rpc.{type}");
}

/// <summary>Calls of the program curl.</summary>
internal static class Curl
{
    /// <summary>Sends a request; a body is sent as JSON.</summary>
    /// <param name="url">The address with path and query.</param>
    /// <param name="method">The method of HTTP.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="arguments">Further arguments of curl.</param>
    public static async Task<CurlAnswer> Send(string url, string method = "GET", string? body = null, params IEnumerable<string> arguments)
    {
        string[] content = body is null ? [] : ["--header", "content-type: application/json", "--data-binary", "@-"];
        using var process = Process.Start(new ProcessStartInfo(
            "curl",
            ["--silent", "--show-error", "--include", "--globoff", "--path-as-is", "--request", method, "--header", "expect:", .. content,
                .. arguments, url])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.StandardInput.WriteAsync(body);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The service has answered before it read the whole body.
        }

        await Eventually.Ends("curl", process.WaitForExitAsync());
        var (head, rest) = Parts(await output);
        Assert.True(head.Length > 0, $"curl {method} {url}: {await errors}");
        var lines = head.Split("\r\n");
        return new(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[^1]),
            rest);
    }

    private static (string Head, string Body) Parts(string output)
    {
        var end = output.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0 ? (output, "") : (output[..end], output[(end + 4)..]);
    }
}
