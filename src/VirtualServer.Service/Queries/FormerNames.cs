using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>How statements find the names that an object had: in the events of its stream.</summary>
internal static class FormerNames
{
    /// <summary>
    /// Whether a name and scope, each of which may be null, are not those of a row of the directory but were before. The stream is read
    /// only if they are not the current ones.
    /// </summary>
    /// <param name="row">The alias of the row.</param>
    public static Sql Had(string row, Argument name, Argument scope)
    {
        var d = Sql.Text(row);
        return
            $$"""
            case when coalesce({{d}}.name collate "C" = {{name}}, true) and coalesce({{d}}.scope = {{scope}}, true) then false else (
                select coalesce(bool_or({{name}} is null or {{name}} in (
                        e.data #>> '{content,name}', e.data #>> '{entry,name}', e.data #>> '{name,is}')), false)
                    and coalesce(bool_or({{scope}} is null or {{scope}} in (
                        e.data #>> '{entry,scope}', e.data #>> '{namespace,is}', {{d}}.scope)), false)
                from {{StoredFact.Table}} e where e.stream_id = {{d}}.id) end
            """;
    }
}
