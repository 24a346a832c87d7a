using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using HttpResponse = Microsoft.AspNetCore.Http.HttpResponse;
using VirtualServers.Domain;
using VirtualServers.Service.Api;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;

namespace VirtualServers.Service.Http;

/// <summary>The status of a call as HTTP and JSON have it: <c>google.rpc.Status</c> with its details.</summary>
public static class JsonStatus
{
    /// <summary>The header or trailer with the status and its details.</summary>
    public const string DetailsHeader = "grpc-status-details-bin";

    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithTypeRegistry(TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor)));

    // As google/rpc/code.proto maps them.
    private static readonly Dictionary<Code, int> Codes = new()
    {
        [Code.Ok] = StatusCodes.Status200OK,
        [Code.Cancelled] = StatusCodes.Status499ClientClosedRequest,
        [Code.Unknown] = StatusCodes.Status500InternalServerError,
        [Code.InvalidArgument] = StatusCodes.Status400BadRequest,
        [Code.DeadlineExceeded] = StatusCodes.Status504GatewayTimeout,
        [Code.NotFound] = StatusCodes.Status404NotFound,
        [Code.AlreadyExists] = StatusCodes.Status409Conflict,
        [Code.PermissionDenied] = StatusCodes.Status403Forbidden,
        [Code.ResourceExhausted] = StatusCodes.Status429TooManyRequests,
        [Code.FailedPrecondition] = StatusCodes.Status400BadRequest,
        [Code.Aborted] = StatusCodes.Status409Conflict,
        [Code.OutOfRange] = StatusCodes.Status400BadRequest,
        [Code.Unimplemented] = StatusCodes.Status501NotImplemented,
        [Code.Internal] = StatusCodes.Status500InternalServerError,
        [Code.Unavailable] = StatusCodes.Status503ServiceUnavailable,
        [Code.DataLoss] = StatusCodes.Status500InternalServerError,
        [Code.Unauthenticated] = StatusCodes.Status401Unauthorized,
    };

    /// <summary>The status of HTTP for a code and the reason of its ErrorInfo.</summary>
    public static int HttpStatus(Code code, string reason = "") =>
        reason == Reason.RequestTooLarge.Spelled() ? StatusCodes.Status413PayloadTooLarge : Codes[code];

    /// <summary>The status among the headers or trailers of a call; UNKNOWN if there is none.</summary>
    public static Status Of(IHeaderDictionary headers, IHeaderDictionary trailers)
    {
        var place = trailers.ContainsKey(Failures.StatusHeader) ? trailers : headers;
        if (place[DetailsHeader].ToString() is { Length: > 0 } details)
            return Status.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        return new()
        {
            Code = int.TryParse(place[Failures.StatusHeader], CultureInfo.InvariantCulture, out var code) ? code : (int)Code.Unknown,
            Message = Uri.UnescapeDataString(place[Failures.MessageHeader].ToString()),
        };
    }

    /// <summary>The status as JSON.</summary>
    public static string Format(Status status) => Formatter.Format(status);

    /// <summary>Sets the status of HTTP, and the headers that HTTP requires beside it.</summary>
    public static void Describe(Status status, HttpResponse response)
    {
        response.StatusCode = HttpStatus((Code)status.Code, status.GetDetail<ErrorInfo>()?.Reason ?? "");
        if (status.GetDetail<RetryInfo>() is { } retry)
            response.Headers.RetryAfter = $"{(long)Math.Ceiling(retry.RetryDelay.ToTimeSpan().TotalSeconds)}";
        if (response.StatusCode == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = BearerTokens.Scheme.TrimEnd();
    }
}
