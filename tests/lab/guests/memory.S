# For guests that use memory beyond the first MiB. Included after serial.S, in a guest that knows FIRST_PAGE and LAST_PAGE.

# Makes all memory addressable through fs from real mode: its segment is loaded in protected mode and kept ("unreal mode").
.macro reach_all_memory
    cli
    inb $0x92, %al
    orb $2, %al                  # the address line A20
    outb %al, $0x92
    lgdt segments_at
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    movw $8, %bx
    movw %bx, %fs
    andb $0xfe, %al
    movl %eax, %cr0
    xorw %bx, %bx                # the base stays 0 when the BIOS saves and restores the register
    movw %bx, %fs
    sti
.endm

.macro segments
.balign 8
segments_from:
    .quad 0
    .quad 0x00cf92000000ffff     # data, all 4 GiB
segments_at:
    .word 2 * 8 - 1
    .long segments_from
.endm

# Changes a word in each page through fs. Destroys esi.
.macro change_all_pages
    movl $FIRST_PAGE, %esi
1:  incl %fs:(%esi)
    addl $0x1000, %esi
    cmpl $LAST_PAGE, %esi
    jb 1b
.endm

# Makes the emulator forget its address translations, by toggling CR0.WP: QEMU 7.2 notices a write through the translation, and
# sometimes forgets to notice the next one. Destroys eax.
.macro have_writes_noticed
    movl %cr0, %eax
    xorl $0x10000, %eax
    movl %eax, %cr0
.endm
