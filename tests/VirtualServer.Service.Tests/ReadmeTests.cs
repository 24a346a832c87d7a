using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using VirtualServers.Service.Api;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The walk-through of the README, call by call: what it shows is what comes out.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task The_walk_through_answers_what_the_readme_says()
    {
        await using var service = await TestService.Start();
        var steps = Steps(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md")));
        Assert.True(steps.Count > 5, "the README's walk-through was not found");
        foreach (var (calls, shown) in steps)
        {
            var answer = "";
            foreach (var (method, request) in calls) answer = await Call(service, method, request);
            if (shown is null) continue;
            using var expected = JsonDocument.Parse(shown);
            using var actual = JsonDocument.Parse(answer);
            Holds(expected.RootElement, actual.RootElement, $"after {calls[^1].Method}: {answer}");
        }
    }

    // A fence of calls, and the fence of JSON behind it.
    private static List<(List<(string Method, string Request)> Calls, string? Shown)> Steps(string readme)
    {
        var fences = Fence().Matches(readme).Select(match => (Language: match.Groups[1].Value, Text: match.Groups[2].Value)).ToList();
        return [.. fences.Select((fence, i) => (Fence: fence, Next: i + 1 < fences.Count ? fences[i + 1] : default))
            .Where(pair => pair.Fence.Language == "sh" && Pasted().IsMatch(pair.Fence.Text))
            .Select(pair => (
                Pasted().Matches(pair.Fence.Text).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToList(),
                pair.Next.Language == "json" ? pair.Next.Text : null))];
    }

    private static async Task<string> Call(TestService service, string path, string request)
    {
        var (name, method) = (path.Split('/')[0], path.Split('/')[1]);
        var found = ReflectedServices.Contract.Single(known => known.Name == name).FindMethodByName(method);
        var call = new Method<IMessage, IMessage>(MethodType.Unary, found.Service.FullName, found.Name, Json(found.InputType), Json(found.OutputType));
        try
        {
            var answer = await service.Channel.CreateCallInvoker().AsyncUnaryCall(call, null, default, found.InputType.Parser.ParseJson(request.Replace("'\"$soon\"'", $"{DateTime.UtcNow.AddDays(10):yyyy-MM-dd}T00:00:00Z", StringComparison.Ordinal)));
            return JsonFormatter.Default.Format(answer);
        }
        catch (RpcException refused)
        {
            var code = string.Concat(refused.StatusCode.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToLowerInvariant();
            return JsonSerializer.Serialize(new { code, message = refused.Status.Detail });
        }
    }

    // What is elided in the README is ids and times, which differ every time.
    private static void Holds(JsonElement expected, JsonElement actual, string where)
    {
        if (expected.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in expected.EnumerateObject())
            {
                Assert.True(actual.TryGetProperty(field.Name, out var value), $"{field.Name} is missing {where}");
                Holds(field.Value, value, where);
            }

            // A condition that is not shown is not there.
            if (expected.TryGetProperty("version", out _) && !expected.TryGetProperty("conditions", out _)) Assert.False(actual.TryGetProperty("conditions", out _), $"there are conditions {where}");
        }
        else if (expected.ValueKind == JsonValueKind.Array)
        {
            Assert.True(expected.GetArrayLength() == actual.GetArrayLength(), $"there are {actual.GetArrayLength()} instead of {expected.GetArrayLength()} {where}");
            foreach (var (one, other) in expected.EnumerateArray().Zip(actual.EnumerateArray())) Holds(one, other, where);
        }
        else if (expected.ValueKind == JsonValueKind.String)
        {
            var pattern = $"^{Regex.Escape(ElidedId().Replace(expected.GetString()!, "…")).Replace("…", ".+")}$";
            Assert.Matches(pattern, actual.GetString());
        }
        else
        {
            Assert.Equal(expected.GetRawText(), actual.GetRawText());
        }
    }

    private static Marshaller<IMessage> Json(MessageDescriptor type) => Marshallers.Create(message => message.ToByteArray(), type.Parser.ParseFrom);

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    // The quotes of the shell open for a variable in the middle of the text.
    [GeneratedRegex("^call ([A-Za-z/]+) '((?:[^']|'\"\\$soon\"')*)'", RegexOptions.Multiline)]
    private static partial Regex Pasted();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-…")]
    private static partial Regex ElidedId();
}
