#include "daemon/care.h"
#include "daemon/copier.h"
#include "daemon/daemon.h"
#include "daemon/disk.h"
#include "daemon/health.h"
#include "daemon/metrics.h"

#define EVERY_MS   60000
#define REFUSED_MS 1000 /* when the database was refused room */

void care_begin(struct daemon *d)
{
	d->disk = disk_new(d);
	d->copier = copier_new(d);
	d->health = health_new(d);
	d->metrics = metrics_new(d);
	d->cared_ms = mono_ms();
}

void care_configure(struct daemon *d)
{
	metrics_configure(d->metrics);
}

void care_end(struct daemon *d)
{
	metrics_free(d->metrics);
	health_free(d->health);
	copier_free(d->copier);
	disk_free(d->disk);
	d->metrics = NULL;
	d->health = NULL;
	d->copier = NULL;
	d->disk = NULL;
}

void care_turn(struct daemon *d)
{
	int64_t since = mono_ms() - d->cared_ms;
	bool refused = since >= REFUSED_MS && store_refused(d->store);
	if (!d->disk)
		return;
	if (refused || since >= EVERY_MS) {
		d->cared_ms = mono_ms();
		disk_look(d->disk, refused);
	}
	if (!d->stopping)
		metrics_look(d->metrics);
}
