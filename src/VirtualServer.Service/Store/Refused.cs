using VirtualServers.Domain;

namespace VirtualServers.Service.Store;

/// <summary>A call that was refused, on its way to the one place that makes statuses of violations (Wire/Statuses.cs).</summary>
public sealed class Refused(IReadOnlyList<Violation> violations, Users? users = null) : Exception
{
    public Refused(Violation violation) : this([violation]) { }

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<Violation> Violations { get; } = violations;

    /// <summary>Who uses the object, when that is why.</summary>
    public Users Users { get; } = users ?? Users.None;

    public override string Message => string.Join("; ", Violations.Select(violation => violation.Message));
}
