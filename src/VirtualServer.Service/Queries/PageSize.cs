using VirtualServers.Domain;

namespace VirtualServers.Service.Queries;

/// <summary>The number of objects of a page, the same for every list.</summary>
internal static class PageSize
{
    private const int Default = 50;
    private const int Max = 1000;

    /// <summary>The requested size, and the violation of an invalid one.</summary>
    public static int Read(int asked, List<Violation> violations)
    {
        if (asked < 0)
            violations.Add(new(Reason.FieldInvalid, "page_size", $"page_size {asked} is negative: use 1 to {Max}, or 0 for {Default}"));
        return asked == 0 ? Default : Math.Min(asked, Max);
    }

    /// <summary>The answer to a page token of another list.</summary>
    public static Violation InvalidToken => new(
        Reason.FieldInvalid, "page_token",
        "page_token does not belong to this list: use the next_page_token of the previous page, and repeat its other fields unchanged");
}
