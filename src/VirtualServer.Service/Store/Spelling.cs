namespace VirtualServers.Service.Store;

/// <summary>How names of enum values are spelled outside of .NET.</summary>
public static class Spelling
{
    /// <summary><c>NameTaken</c> as <c>NAME_TAKEN</c>.</summary>
    public static string Upper<T>(T value) where T : struct, Enum =>
        Names<T>.Spelled[value];

    /// <summary>The value of a spelling.</summary>
    public static T Read<T>(string spelled) where T : struct, Enum => Names<T>.Values[spelled];

    private static string Spell<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));

    private static class Names<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Spelled = Enum.GetValues<T>().ToDictionary(value => value, Spell);
        public static readonly Dictionary<string, T> Values = Spelled.ToDictionary(pair => pair.Value, pair => pair.Key);
    }
}
