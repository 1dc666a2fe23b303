package cn.redvest.app.ticket

import android.os.Bundle
import cn.redvest.app.report.Shot
import cn.redvest.core.Outcome
import cn.redvest.core.PhotoVerdict
import cn.redvest.core.Position

/** Puts into [into] what was filled in, so that it stays over a rotation and the end of the process. */
internal fun ActForm.save(into: Bundle) {
    into.putStringArrayList("chosen", ArrayList(chosen))
    into.putString("lead", lead)
    into.putStringArrayList("cooperating", ArrayList(cooperating))
    into.putBoolean("all_holders", allHolders)
    into.putString("outcome", outcome?.name)
    into.putStringArrayList("photos", ArrayList(photos.map { it.hash }))
    into.putStringArrayList("paths", ArrayList(photos.map { it.path.orEmpty() }))
    into.putBoolean("asks_for_more", asksForMore)
    time?.let {
        into.putBoolean("extends", it.extends)
        into.putInt("days", it.days)
        into.putInt("amount", it.amount)
        it.until?.let { until -> into.putLong("until", until) }
    }
    voiding?.let {
        into.putString("void", it.kind.name)
        into.putString("duplicate_of", it.of)
    }
    judgement?.let {
        into.putString("photo", it.photo)
        into.putString("verdict", it.verdict?.name)
    }
    into.putStringArrayList("category", category?.chosen?.toList())
    place?.let {
        it.pin?.let { pin -> into.putIntArray("pin", intArrayOf(pin.latE7, pin.lonE7)) }
        into.putStringArrayList("grid", it.grid?.toList())
    }
}

/** The empty form with what was filled in before. */
internal fun ActForm.restored(from: Bundle): ActForm {
    val paths = from.getStringArrayList("paths").orEmpty()
    val wish = time?.copy(
        extends = from.getBoolean("extends"), days = from.getInt("days"), amount = from.getInt("amount"),
        until = if (from.containsKey("until")) from.getLong("until") else null,
    )
    val empty = if (wish == null) this else of(wish)
    return empty.copy(
        chosen = from.getStringArrayList("chosen").orEmpty(), lead = from.getString("lead"),
        cooperating = from.getStringArrayList("cooperating").orEmpty(), allHolders = from.getBoolean("all_holders"),
        outcome = from.getString("outcome")?.let(Outcome::valueOf) ?: outcome,
        photos = from.getStringArrayList("photos").orEmpty().mapIndexed { at, hash -> Shot(hash, paths.getOrNull(at)?.ifEmpty { null }) },
        asksForMore = from.getBoolean("asks_for_more"),
        voiding = voiding?.copy(kind = from.getString("void")?.let(VoidKind::valueOf) ?: VoidKind.NO_VIOLATION, of = from.getString("duplicate_of")),
        judgement = judgement?.copy(photo = from.getString("photo"), verdict = from.getString("verdict")?.let(PhotoVerdict::valueOf)),
        category = category?.copy(chosen = from.getStringArrayList("category")?.let(::named)),
        place = place?.copy(pin = from.getIntArray("pin")?.let { Position(it[0], it[1]) }, grid = from.getStringArrayList("grid")?.let(::named)),
    )
}

private fun Named.toList(): ArrayList<String> = arrayListOf(code, zh, en.orEmpty(), urgent.toString())

private fun named(parts: List<String>) = Named(parts[0], parts[1], parts[2].ifEmpty { null }, parts[3].toBoolean())
