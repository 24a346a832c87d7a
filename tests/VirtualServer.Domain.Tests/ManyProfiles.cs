using VirtualServers.Domain.Certificates;

namespace VirtualServers.Domain.Tests;

/// <summary>More certificate profiles than an object may refer to.</summary>
public static class ManyProfiles
{
    public static readonly IReadOnlyList<Guid> Ids =
        [.. Enumerable.Range(1, 101).Select(number => new Guid($"00000000-0000-7000-8000-2000000{number:D5}"))];

    /// <summary>The world with all of them.</summary>
    public static readonly World World =
        Ids.Aggregate(The.World, (world, id) => world.With(id, new CertificateProfile { Name = $"{id}", Files = new("", "", "") }));

    /// <summary>References to the first ones.</summary>
    public static Reference[] Take(int count) => [.. Ids.Take(count).Select(id => new Reference($"{id}", null))];
}
