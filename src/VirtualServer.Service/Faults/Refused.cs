using VirtualServers.Domain;

namespace VirtualServers.Service.Faults;

/// <summary>A rejected call. Wire/Statuses.cs turns its violations into a status.</summary>
public sealed class Refused(IReadOnlyList<Violation> violations, Users? users = null) : Exception
{
    public Refused(Violation violation) : this([violation]) { }

    /// <summary>Every violation found.</summary>
    public IReadOnlyList<Violation> Violations { get; } = violations;

    /// <summary>The objects that refer to the object of the call, when these references are the reason.</summary>
    public Users Users { get; } = users ?? Users.None;

    public override string Message => string.Join("; ", Violations.Select(violation => violation.Message));
}
