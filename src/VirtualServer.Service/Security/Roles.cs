namespace VirtualServers.Service.Security;

/// <summary>What subjects may do by their roles.</summary>
public sealed class Roles(SecuritySettings settings)
{
    /// <summary>The access of a subject: by the roles of its token, and by those that the configuration gives it.</summary>
    /// <param name="claimed">The roles of its token; unknown ones give nothing, because an issuer serves other systems, too.</param>
    public Access Of(string subject, IEnumerable<string> claimed) =>
        new(claimed.Concat(settings.Subjects[subject]).Distinct().SelectMany(role => settings.Roles.GetValueOrDefault(role, [])));
}
