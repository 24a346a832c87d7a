using VirtualServers.Domain;

namespace VirtualServers.Service.Views;

/// <summary>How many objects a page has, the same for every list.</summary>
internal static class PageSize
{
    private const int Default = 50;
    private const int Most = 1000;

    /// <summary>The size asked for, and what is wrong with it.</summary>
    public static int Read(int asked, List<Violation> violations)
    {
        if (asked < 0) violations.Add(new(Reason.FieldInvalid, "page_size", $"page_size {asked} is negative: use 1 to {Most}, or 0 for {Default}"));
        return asked == 0 ? Default : Math.Min(asked, Most);
    }

    /// <summary>The answer to a page token that is not of the list asked for.</summary>
    public static Violation NotOfThisList =>
        new(Reason.FieldInvalid, "page_token", "page_token is not one of this list's: use the next_page_token of the page before, and leave the other fields as they were");
}
